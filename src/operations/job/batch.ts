/**
 * Submits many jobs at once. Each is checked like one that comes alone; tasks go into the store in the same
 * commits. A task may wait for those that stand before it in the batch, by their names: so there is no circle.
 */
import type { z } from 'zod';
import { BatchAnswer, BatchItem, SubmitBatch } from '../../contract/job-batch.ts';
import { problemsOf } from '../../contract/problems.ts';
import { type Detail, Refused } from '../../core/errors/refused.ts';
import type { Transition } from '../../core/job/transition.ts';
import { type Call, defineOperation } from '../define.ts';
import { digestOf } from '../digest.ts';
import { checkQueue } from './queue-scope.ts';
import { once, prepare, store } from './submit.ts';

const LARGEST_BATCH = 32 * 1024 * 1024;

type BatchCall = Call<z.output<typeof SubmitBatch>>;
type Item = z.output<typeof BatchItem>;
type Answer = z.output<typeof BatchAnswer>['items'][number];

export const submitBatch = defineOperation({
  name: 'job.submit-batch',
  summary: 'Submit many jobs at once',
  input: SubmitBatch,
  output: BatchAnswer,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/jobs:batch', bodyLimit: LARGEST_BATCH },
  async handler(call) {
    const items = call.input.mode === 'all' ? await allOf(call) : await eachOf(call);
    const count = (test: (item: Answer) => boolean) => items.filter(test).length;
    return {
      items,
      submitted: count((item) => 'uid' in item && !item.repeated),
      repeated: count((item) => 'uid' in item && item.repeated),
      failed: count((item) => 'error' in item),
    };
  },
});

async function eachOf(call: BatchCall): Promise<Answer[]> {
  const names = namesBefore(call.input.jobs);
  const submitted = new Map<string, Promise<unknown>>();
  const answers = call.input.jobs.map((given, index) => {
    const answer = submitOne(call, { given, index, before: names[index] ?? EMPTY, submitted });
    const name = nameOf(given);
    if (name !== undefined) submitted.set(name, answer);
    return answer;
  });
  return Promise.all(answers);
}

interface One {
  readonly given: unknown;
  readonly index: number;
  /** Names of jobs that stand before it. */
  readonly before: ReadonlySet<string>;
  /** By name: what another waits for has to be there first. */
  readonly submitted: ReadonlyMap<string, Promise<unknown>>;
}

async function submitOne(call: BatchCall, { given, index, before, submitted }: One): Promise<Answer> {
  try {
    const item = checked(given, index);
    const own = (item.spec.task?.after ?? []).filter((ref) => before.has(ref));
    await Promise.all(own.map((ref) => submitted.get(ref)));
    const single = { ...call, input: { ...item, project: call.input.project, dryRun: false } };
    const first = await prepare(single);
    const { job, repeated } = await store(call, first, keyOf(call, given, index));
    return { uid: job.uid, name: job.name, repeated };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, message, details } = error;
    return { error: { code, message, ...(details.length > 0 ? { details: [...details] } : {}) } };
  }
}

/** @throws Refused `input.invalid` with the problems of all of them */
async function allOf(call: BatchCall): Promise<Answer[]> {
  const details: Detail[] = [];
  const items = call.input.jobs.map((given, index) => {
    try {
      return checked(given, index);
    } catch (error) {
      if (error instanceof Refused) details.push(...error.details);
      return undefined;
    }
  });
  items.forEach((item, index) => {
    if (item && !item.spec.task) details.push(noTask(index));
  });
  if (details.length > 0) throw new Refused('input.invalid', { count: details.length }, { details });
  const firsts: Transition[] = [];
  for (const item of items as Item[]) {
    firsts.push(await prepare({ ...call, input: { ...item, project: call.input.project, dryRun: false } }));
  }
  for (const { job } of firsts)
    checkQueue(call.principal, 'job.submit', { project: job.project, queue: job.spec.queue });
  const onces = call.input.jobs.flatMap((given, index) => keyOf(call, given, index) ?? []);
  const stored = await call.ports.jobs.submitTasks(firsts, onces);
  switch (stored.kind) {
    case 'stored':
      return firsts.map(({ job }) => ({ uid: job.uid, name: job.name, repeated: false }));
    case 'repeated':
      return stored.jobs.map(({ uid, name }) => ({ uid, name, repeated: true }));
    case 'key-reused':
      throw new Refused('idempotency.reused');
    case 'taken':
      throw new Refused('job.batch_taken', { count: firsts.length });
  }
}

function checked(given: unknown, index: number): Item {
  const parsed = BatchItem.safeParse(given);
  if (parsed.success) return parsed.data;
  const details = problemsOf(parsed.error, given, BatchItem).map((detail) => ({
    ...detail,
    path: `jobs[${index}]${detail.path === '' ? '' : `.${detail.path}`}`,
  }));
  throw new Refused('input.invalid', { count: details.length }, { details });
}

function noTask(index: number): Detail {
  return { path: `jobs[${index}].spec`, expected: 'a task: mode all takes nothing else', got: 'roles' };
}

function nameOf(given: unknown): string | undefined {
  const name = typeof given === 'object' && given !== null && 'name' in given ? given.name : undefined;
  return typeof name === 'string' ? name : undefined;
}

const EMPTY: ReadonlySet<string> = new Set();

function namesBefore(jobs: readonly unknown[]): readonly ReadonlySet<string>[] {
  if (!jobs.some((given) => nameOf(given) !== undefined)) return [];
  const seen = new Set<string>();
  return jobs.map((given) => {
    const before = new Set(seen);
    const name = nameOf(given);
    if (name !== undefined) seen.add(name);
    return before;
  });
}

/** Each job has a key of its own, so that a batch of which a part was stored is completed by its repetition. */
function keyOf(call: BatchCall, given: unknown, index: number) {
  const { idempotencyKey } = call.input;
  return idempotencyKey === undefined ? undefined : once(call, `${idempotencyKey}#${index}`, digestOf(given));
}
