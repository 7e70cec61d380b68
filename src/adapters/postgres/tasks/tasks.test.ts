/**
 * The hot statements of tasks write what the decisions of the core would have made: submitted, leased and
 * completed by them, a task reads back as the job that `submit`, `lease` and `endLease` lead to.
 */
import { v7 } from 'uuid';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../../core/audit/record.ts';
import type { Job } from '../../../core/job/job.ts';
import { submit } from '../../../core/job/submit.ts';
import { endLease, lease } from '../../../core/job/task.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { Store } from '../open-store.ts';
import { decided, NOON } from '../testing/jobs.ts';
import { type TestDatabase, testDatabase } from '../testing/with-store.ts';
import { fullSpec, type StoredSpec } from './stored-spec.ts';

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await database.open();
  const held = await store.scheduler.acquire('one', 60_000);
  await store.slices.grant(
    held!,
    [
      { queue: 'research', slots: null },
      { queue: 'small', slots: 3 },
    ],
    NOON,
  );
  return () => database[Symbol.asyncDispose]();
});

const WORKER = '01920000-0000-7000-8000-000000000001';
const BY: AuditEntry = {
  at: NOON,
  principal: 'key/w',
  kind: 'key',
  operation: 'task.lease',
  effect: 'change',
};

interface Wanted {
  readonly queue?: string;
  readonly handler?: string;
  readonly fairKey?: string;
  readonly priority?: number;
  readonly stored?: StoredSpec;
  readonly labels?: Record<string, string>;
}

function aTask({
  queue = 'research',
  handler = 'echo',
  fairKey,
  priority = 50,
  stored,
  labels = {},
}: Wanted = {}): Transition {
  const uid = v7({ msecs: NOON });
  const task = { handler, payload: '{"text":"ü\\n"}', fairKey };
  const spec = fullSpec({ type: 'inference', queue, priority, task }, stored ?? null);
  return submit({
    uid,
    project: 'vision',
    name: uid,
    labels,
    spec,
    submittedBy: 'system/server',
    warnings: [],
    now: NOON,
  });
}

async function stored(wanted: Wanted = {}): Promise<Job> {
  const first = aTask(wanted);
  await store.jobs.submit(first);
  return first.job;
}

/** Without fields that are undefined: a row that has none and a job that leaves one out mean the same. */
const plain = (job: Job | undefined): unknown => JSON.parse(JSON.stringify(job));
const read = async ({ uid }: Job) => (await store.tasks.jobs([uid]))[0];
const want = (count: number, more: Wanted = {}) => ({
  demands: [{ profile: 1, queue: 'research', handler: 'echo', fairKey: '', want: count, ...more }],
  slots: Array.from({ length: count }, () => ({ profile: 1, worker: WORKER, by: BY })),
});
const turn = (now: number, request: Partial<Parameters<Store['tasks']['turn']>[0]>) =>
  store.tasks.turn({ done: [], demands: [], slots: [], ...request, now });

describe('a lease whose worker is not there', () => {
  test('is answered among those of silent workers, until it has ended', async () => {
    const task = await stored();
    await turn(NOON + 10, want(1));
    const [lost] = await store.workers.silent(60_000, 10);
    expect(lost).toMatchObject({ id: WORKER, silentMs: 60_000 });
    const [held] = await store.workers.held(WORKER, 10);
    expect(held?.uid).toBe(task.uid);
    const done = { uid: task.uid, attempt: 1, worker: WORKER, result: '1', by: BY };
    await turn(NOON + 20, { done: [done] });
    expect(await store.workers.silent(60_000, 10)).toEqual([]);
  });

  test('is not, while its worker is known and was heard', async () => {
    await stored();
    const worker = { id: WORKER, name: 'w', principal: 'key/w', replica: 'one', queues: ['research'] };
    await store.workers.put({ ...worker, handlers: ['echo'], labels: {}, concurrency: 1, since: NOON });
    await turn(NOON + 10, want(1));
    expect(await store.workers.silent(60_000, 10)).toEqual([]);
  });
});

describe('a task reads back as the job that the core makes of it', () => {
  test.each<{ what: string; wanted: Wanted }>([
    { what: 'as usual', wanted: {} },
    { what: 'with labels and a fair key', wanted: { labels: { team: 'ocr' }, fairKey: 'tenant-7' } },
    {
      what: 'with a policy of its own',
      wanted: {
        priority: 90,
        stored: {
          timeoutMs: 30_000,
          deadlineMs: 600_000,
          ttlAfterFinishedMs: 1000,
          retry: { limit: 9, backoff: { initialMs: 1, factor: 1, maxMs: 1 }, rules: [] },
          task: { cancelGraceMs: 5, onDependencyFailure: 'run' },
        },
      },
    },
  ])('when it is submitted, leased and completed: $what', async ({ wanted }) => {
    const submitted = await stored(wanted);
    expect(plain(await read(submitted))).toEqual(plain({ ...submitted, outcome: {} }));
    const { leased } = await turn(NOON + 10, want(1, { fairKey: wanted.fairKey ?? '' }));
    expect(leased).toMatchObject([
      { uid: submitted.uid, attempt: 1, worker: WORKER, payload: '{"text":"ü\\n"}' },
    ]);
    const running = decided(lease(submitted, { worker: WORKER, now: NOON + 10 })).job;
    expect(plain(await read(submitted))).toEqual(plain({ ...running, outcome: {} }));
    const done = { uid: submitted.uid, attempt: 1, worker: WORKER, result: '[1]', by: BY };
    const { recorded } = await turn(NOON + 25, { done: [done] });
    expect([...recorded]).toEqual([submitted.uid]);
    const report = {
      attempt: 1,
      worker: WORKER,
      outcome: { kind: 'succeeded' } as const,
      result: { result: '[1]' },
    };
    const ended = decided(endLease(running, { ...report, now: NOON + 25, random: 0 })).job;
    expect(plain(await read(submitted))).toEqual(plain(ended));
  });
});

describe('a turn', () => {
  test.each([
    { what: 'of another attempt', change: { attempt: 2 } },
    { what: 'of another worker', change: { worker: '01920000-0000-7000-8000-000000000002' } },
    { what: 'of nobody', change: { uid: '01920000-0000-7000-8000-00000000000f' } },
  ])('records no completion $what', async ({ change }) => {
    const task = await stored();
    await turn(NOON, want(1));
    const done = { uid: task.uid, attempt: 1, worker: WORKER, result: '1', by: BY, ...change };
    const { recorded } = await turn(NOON, { done: [done] });
    expect(recorded.size).toBe(0);
    expect((await read(task))?.state.name).toBe('running');
  });

  test('leases by rank, then by age, and no more than is wanted', async () => {
    const tasks = await Promise.all([10, 90, 50, 90].map((priority) => stored({ priority })));
    const { leased } = await turn(NOON, want(3));
    const priorities = leased.map(({ uid }) => tasks.find((task) => task.uid === uid)?.spec.priority);
    expect(priorities.toSorted()).toEqual([50, 90, 90]);
  });

  test('takes nothing from a queue that was granted no slice', async () => {
    await stored({ queue: 'unknown' });
    expect((await turn(NOON, want(1, { queue: 'unknown' }))).leased).toEqual([]);
  });

  test('of two replicas at once never takes a task twice, nor a queue beyond its slots', async () => {
    const other = await database.open({ chain: 'other' });
    const tasks = await Promise.all(Array.from({ length: 40 }, () => stored({ queue: 'small' })));
    const open = new Map<string, string>();
    let left = tasks.length;
    let most = 0;
    while (left > 0) {
      const request = { ...want(2, { queue: 'small' }), now: NOON };
      const done = (store: string) =>
        [...open]
          .filter(([, at]) => at === store)
          .map(([uid]) => ({ uid, attempt: 1, worker: WORKER, result: '1', by: BY }));
      const [a, b] = [done('a'), done('b')];
      const [one, two] = await Promise.all([
        store.tasks.turn({ ...request, done: a }),
        other.tasks.turn({ ...request, done: b }),
      ]);
      for (const { uid } of [...a, ...b]) open.delete(uid);
      left -= one.recorded.size + two.recorded.size;
      for (const [at, { leased }] of [
        ['a', one],
        ['b', two],
      ] as const) {
        for (const { uid } of leased) {
          expect(open.has(uid)).toBe(false);
          open.set(uid, at);
        }
      }
      most = Math.max(most, open.size);
    }
    expect(most).toBe(3);
    const ended = await store.tasks.jobs(tasks.map(({ uid }) => uid));
    expect(ended.map(({ state }) => state.name)).toEqual(tasks.map(() => 'succeeded'));
  });
});

test('a queue says what its tasks wait for and hold, named ones too', async () => {
  await Promise.all(Array.from({ length: 5 }, () => stored()));
  await turn(NOON, want(2));
  expect(await store.queues.use(['research', 'small'])).toEqual({
    research: { pending: 3, holding: 2, used: { tasks: 2 } },
    small: { pending: 0, holding: 0, used: {} },
  });
});

describe('a stream of events', () => {
  test('has those of blocks one by one, in order, from any cursor on', async () => {
    const start = await store.events.cursor('start');
    await Promise.all(Array.from({ length: 30 }, () => stored()));
    await turn(NOON, want(30));
    const all = await store.events.after(start, {}, 1000);
    expect(all.events).toHaveLength(60);
    const seen: string[] = [];
    for (let cursor = start; seen.length < 60; ) {
      const page = await store.events.after(cursor, {}, 7);
      seen.push(...page.events.map((event) => event.cursor));
      cursor = page.cursor;
    }
    expect(seen).toEqual(all.events.map((event) => event.cursor));
    const listed: string[] = [];
    for (let cursor: string | undefined; listed.length < 60; ) {
      const page = await store.events.list({}, { limit: 7, ...(cursor ? { cursor } : {}) });
      listed.push(...page.items.map((event) => event.cursor));
      cursor = page.next;
    }
    expect(listed).toEqual(seen.toReversed());
  });

  test('of one task has its own alone', async () => {
    const start = await store.events.cursor('start');
    const [task] = await Promise.all([stored(), stored(), stored()]);
    await turn(NOON, want(3));
    const { events } = await store.events.after(start, { job: task?.uid }, 100);
    expect(events.map(({ uid, reason }) => [uid, reason])).toEqual([
      [task?.uid, 'Submitted'],
      [task?.uid, 'Started'],
    ]);
  });
});
