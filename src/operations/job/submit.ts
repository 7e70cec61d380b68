/** Accepts a job: checked whole, placed in its project's queue, durable before it is acknowledged (invariant 1). */
import type { z } from 'zod';
import { SubmitJob, Submitted } from '../../contract/job.ts';
import { LARGEST_INLINE, LARGEST_PAYLOAD } from '../../contract/task.ts';
import { Refused } from '../../core/errors/refused.ts';
import { blobFolder, payloadKey } from '../../core/job/blob-key.ts';
import type { Job } from '../../core/job/job.ts';
import type { TaskSpec } from '../../core/job/spec.ts';
import { submit } from '../../core/job/submit.ts';
import type { Transition } from '../../core/job/transition.ts';
import type { Ports } from '../../ports/index.ts';
import type { Once } from '../../ports/job-store.ts';
import { type Call, defineOperation } from '../define.ts';
import { digestInOrder, digestOf } from '../digest.ts';
import { once as content } from '../task/bytes.ts';
import { currentTraceparent } from '../trace.ts';
import { checkPlacement, queueOf } from './placement.ts';
import { checkQueue } from './queue-scope.ts';
import { checkSupport } from './support.ts';
import { viewJob } from './view.ts';
import { warningsFor } from './warnings.ts';

export const submitJob = defineOperation({
  name: 'job.submit',
  summary: 'Submit a job',
  input: SubmitJob,
  output: Submitted,
  permission: 'job:write',
  target: ({ project, spec }) => ({ project, queue: spec.queue }),
  effect: 'write',
  audit: 'change',
  // A payload of a task may be large.
  http: { method: 'POST', path: '/api/v1/jobs', bodyLimit: LARGEST_PAYLOAD + 1024 * 1024 },
  async handler(call) {
    const { input, principal } = call;
    const first = await prepare(call);
    if (input.dryRun) return { ...viewJob(first.job), repeated: false };
    const key = input.idempotencyKey;
    const by = key === undefined ? undefined : once({ principal }, key, digestOfInput(input));
    const { job, repeated } = await store(call, first, by);
    return { ...viewJob(job), repeated };
  },
});

/** A job as it would be stored; a large payload lies with the blobs by then. Throws Refused. */
export async function prepare({
  input,
  principal,
  ports,
  now,
  traceparent,
}: SubmitCall): Promise<Transition> {
  const queue = await queueOf(ports, input.project, input.spec.queue);
  checkQueue(principal, 'job.submit', { project: input.project, queue });
  await checkPlacement(ports, { project: input.project, queue, priority: input.spec.priority });
  const spec = { ...input.spec, queue, traceparent: currentTraceparent(traceparent) };
  const { task } = spec;
  if (!task) await checkSupport(ports, spec);
  const uid = ports.chance.uid(now);
  return submit({
    uid,
    project: input.project,
    name: input.name ?? (task ? uid : `${spec.type}-${uid.slice(-8)}`),
    labels: input.labels,
    spec: task ? { ...spec, task: await kept(ports, uid, { task, dryRun: input.dryRun }) } : spec,
    submittedBy: principal.id,
    warnings: warningsFor(spec),
    now,
  });
}

type SubmitCall = Pick<
  Call<Pick<z.output<typeof SubmitJob>, 'project' | 'name' | 'labels' | 'spec' | 'dryRun'>>,
  'input' | 'principal' | 'ports' | 'now' | 'traceparent'
>;

/** A payload that is too long for a row lies with the blobs before its task is stored. */
async function kept(
  ports: Ports,
  uid: string,
  { task, dryRun }: { task: TaskSpec; dryRun: boolean },
): Promise<TaskSpec> {
  const { payload = 'null' } = task;
  // A character is at most three bytes.
  if (payload.length <= LARGEST_INLINE / 3) return task;
  const bytes = Buffer.from(payload);
  if (bytes.length > LARGEST_PAYLOAD) {
    throw new Refused('task.too_large', { what: 'payload', bytes: bytes.length, limit: LARGEST_PAYLOAD });
  }
  if (bytes.length <= LARGEST_INLINE) return task;
  if (!dryRun) await ports.blobs.put(payloadKey(uid), content(bytes));
  return { ...task, payload: undefined, payloadBytes: bytes.length };
}

/** Throws Refused: `idempotency.reused`, `job.name_taken`. */
export async function store(
  { ports }: Pick<Call<unknown>, 'ports'>,
  first: Transition,
  by: Once | undefined,
): Promise<{ readonly job: Job; readonly repeated: boolean }> {
  const stored = await ports.jobs.submit(first, by);
  if (stored.kind === 'stored') return { job: stored.job, repeated: false };
  const { uid, spec } = first.job;
  if (spec.task?.payloadBytes !== undefined) await ports.blobs.removeAll(blobFolder(uid));
  switch (stored.kind) {
    case 'repeated':
      return { job: stored.job, repeated: true };
    case 'key-reused':
      throw new Refused('idempotency.reused');
    case 'name-taken':
      return { job: sameOrConflict(stored.job, first.job), repeated: true };
  }
}

/** @param digest of the whole submission, without its key */
export function once({ principal }: Pick<Call<unknown>, 'principal'>, key: string, digest: string): Once {
  return { principal: principal.id, key, digest };
}

/**
 * Of a task everything stands in the order of the schema, but for more than one label; a task with thousands
 * of others in the same second has no time for sorting what is sorted.
 */
function digestOfInput(input: z.output<typeof SubmitJob>): string {
  const { spec, labels } = input;
  const keyless = { ...input, idempotencyKey: '' };
  return spec.task && Object.keys(labels).length < 2 ? digestInOrder(keyless) : digestOf(keyless);
}

/** An equal spec under a live name is the same job; a different one is a conflict. */
function sameOrConflict(live: Job, wanted: Job): Job {
  const asked = (job: Job) => digestOf({ ...job.spec, traceparent: undefined });
  if (asked(live) === asked(wanted)) return live;
  throw new Refused('job.name_taken', { job: live.name, project: live.project, state: live.state.name });
}
