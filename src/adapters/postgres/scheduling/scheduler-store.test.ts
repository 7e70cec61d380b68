/** The lease, the snapshot, and what becomes of a plan. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { admit } from '../../../core/job/admit.ts';
import { cancel } from '../../../core/job/cancel.ts';
import type { Job } from '../../../core/job/job.ts';
import { update } from '../../../core/job/update.ts';
import type { Waiting } from '../../../core/scheduling/plan.ts';
import type { SchedulerLease } from '../../../ports/scheduler-store.ts';
import type { Store } from '../open-store.ts';
import { aSubmission, decided, NOON, type Wanted } from '../testing/jobs.ts';
import { openSession } from '../testing/session.ts';
import { type TestDatabase, testDatabase } from '../testing/with-store.ts';

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await database.open();
  return () => database[Symbol.asyncDispose]();
});

async function submitted(wanted: Wanted = {}): Promise<Job> {
  const first = aSubmission(wanted);
  await store.jobs.submit(first);
  return first.job;
}

const leased = async (holder = 'one'): Promise<SchedulerLease> =>
  (await store.scheduler.acquire(holder, 60_000))!;
const admission = (job: Job) => decided(admit(job, { agent: 'local', now: NOON + 1 }));
const waits = (job: Job, more: Partial<Waiting> = {}): Waiting => ({
  uid: job.uid,
  version: job.version,
  reason: 'QuotaExceeded',
  message: 'cpu is used up',
  ...more,
});
const reasons = async (job: Job) =>
  (await store.events.list({ job: job.uid }, { limit: 10 })).items.map(({ reason }) => reason);

describe('the lease', () => {
  test('is one holder’s at a time, renewed by it, and changes hands with a higher epoch', async () => {
    const first = await leased('one');
    expect(first).toMatchObject({ holder: 'one', epoch: 1 });
    expect(await store.scheduler.acquire('two', 60_000)).toBeUndefined();
    const renewed = await leased('one');
    expect(renewed.epoch).toBe(1);
    expect(renewed.expiresAt).toBeGreaterThanOrEqual(first.expiresAt);
    await store.scheduler.release(renewed);
    expect(await store.scheduler.acquire('two', 60_000)).toMatchObject({ holder: 'two', epoch: 2 });
    await store.scheduler.release(renewed);
    expect(await store.scheduler.acquire('one', 60_000)).toBeUndefined();
  });

  test('that is over may be taken by another', async () => {
    expect(await store.scheduler.acquire('one', 0)).toMatchObject({ epoch: 1 });
    expect(await store.scheduler.acquire('two', 60_000)).toMatchObject({ holder: 'two', epoch: 2 });
  });

  test('that ends later than any can be given was taken by a clock that has been set back since', async () => {
    expect(await store.scheduler.acquire('one', 3_600_000)).toMatchObject({ epoch: 1 });
    expect(await store.scheduler.acquire('two', 4000)).toMatchObject({ holder: 'two', epoch: 2 });
    expect(await store.scheduler.acquire('one', 4000)).toBeUndefined();
  });

  test('goes to one of many that ask at once', async () => {
    const asked = Array.from({ length: 10 }, (_, i) => store.scheduler.acquire(`server-${i}`, 60_000));
    const got = (await Promise.all(asked)).filter((lease) => lease !== undefined);
    expect(got).toHaveLength(1);
  });
});

describe('a plan', () => {
  test('admits the jobs that are still as it saw them, and leaves out the others', async () => {
    const lease = await leased();
    const [stays, moved] = [await submitted(), await submitted()];
    const plan = [admission(stays), admission(moved)];
    await store.jobs.apply(decided(update(moved, { priority: 60, by: 'ada', now: NOON })));
    expect(await store.scheduler.apply(lease, { transitions: plan, waiting: [] })).toEqual([stays.uid]);
    expect((await store.jobs.get('vision', stays.uid))?.state.name).toBe('admitted');
    expect((await store.jobs.get('vision', moved.uid))?.state.name).toBe('pending');
    expect(await reasons(stays)).toEqual(['Admitted', 'Submitted']);
  });

  test('may end jobs as well as admit them, by the hundred', async () => {
    const lease = await leased();
    const jobs = await Promise.all(Array.from({ length: 120 }, () => submitted()));
    const plan = jobs.map((job, i) =>
      i % 3 === 0 ? decided(cancel(job, { by: 'deadline', now: NOON + 1 })) : admission(job),
    );
    const applied = await store.scheduler.apply(lease, { transitions: plan, waiting: [] });
    expect(applied?.toSorted()).toEqual(jobs.map(({ uid }) => uid).toSorted());
    expect(await store.projects.count('vision')).toEqual({ admitted: 80 });
    const { items } = await store.jobs.list({ states: ['cancelled'] }, { limit: 100 });
    expect(items).toHaveLength(40);
  });

  test.each([
    { what: 'of another holder', of: (lease: SchedulerLease) => ({ ...lease, holder: 'two' }) },
    { what: 'of an older epoch', of: (lease: SchedulerLease) => ({ ...lease, epoch: lease.epoch - 1 }) },
  ])('under a lease $what writes nothing', async ({ of }) => {
    const job = await submitted();
    const lease = of(await leased());
    expect(
      await store.scheduler.apply(lease, { transitions: [admission(job)], waiting: [waits(job)] }),
    ).toBeUndefined();
    expect(await store.jobs.get('vision', job.uid)).toEqual(job);
  });

  test('under a lease that is over writes nothing', async () => {
    const job = await submitted();
    const lease = (await store.scheduler.acquire('one', 0))!;
    expect(
      await store.scheduler.apply(lease, { transitions: [admission(job)], waiting: [] }),
    ).toBeUndefined();
    expect(await store.jobs.get('vision', job.uid)).toEqual(job);
  });

  test('holds the lease until it is written: who takes over waits for it', async () => {
    const lease = await leased();
    const job = await submitted();
    await using slow = await openSession(database.connection);
    await using watcher = await openSession(database.connection);
    await slow.run('BEGIN');
    await slow.run('SELECT FROM job WHERE uid = $1 FOR UPDATE', [job.uid]);
    const applying = store.scheduler.apply(lease, { transitions: [admission(job)], waiting: [] });
    const blocked = async (what: string) => {
      const rows = await watcher.run(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`,
        [what],
      );
      expect(rows).toHaveLength(1);
    };
    await vi.waitFor(() => blocked('%held_lease%'), { timeout: 10_000 });
    const releasing = store.scheduler.release(lease);
    await vi.waitFor(() => blocked('%UPDATE lease%'), { timeout: 10_000 });
    await slow.run('COMMIT');
    expect(await applying).toEqual([job.uid]);
    await releasing;
    expect(await store.scheduler.acquire('two', 1000)).toMatchObject({ epoch: 2 });
  });
});

describe('the reason of a waiting job', () => {
  test('is written without a new version, and told when the reason is a new one', async () => {
    const lease = await leased();
    const job = await submitted();
    expect(await store.scheduler.apply(lease, { transitions: [], waiting: [waits(job)] })).toEqual([]);
    const waiting = await store.jobs.get('vision', job.uid);
    expect(waiting).toEqual({
      ...job,
      state: { ...job.state, reason: 'QuotaExceeded', message: 'cpu is used up' },
    });
    await store.scheduler.apply(lease, {
      transitions: [],
      waiting: [waits(job, { message: 'cpu is still used up' })],
    });
    expect((await store.jobs.get('vision', job.uid))?.state.message).toBe('cpu is still used up');
    expect(await reasons(job)).toEqual(['QuotaExceeded', 'Submitted']);
  });

  test('is left alone when nothing about it is new', async () => {
    const lease = await leased();
    const job = await submitted();
    await using session = await openSession(database.connection);
    const place = () => session.run('SELECT ctid, xmin FROM job WHERE uid = $1', [job.uid]);
    await store.scheduler.apply(lease, { transitions: [], waiting: [waits(job)] });
    const before = await place();
    await store.scheduler.apply(lease, { transitions: [], waiting: [waits(job)] });
    expect(await place()).toEqual(before);
  });

  test('is not written to a job that moved on, nor to one that the same plan admits', async () => {
    const lease = await leased();
    const [moved, admitted] = [await submitted(), await submitted()];
    const kept = await store.jobs.apply(decided(update(moved, { priority: 1, by: 'ada', now: NOON })));
    await store.scheduler.apply(lease, {
      transitions: [admission(admitted)],
      waiting: [waits(moved), waits(admitted)],
    });
    expect(await store.jobs.get('vision', moved.uid)).toEqual(kept);
    expect((await store.jobs.get('vision', admitted.uid))?.state.reason).toBe('Admitted');
  });
});

describe('the snapshot', () => {
  test('has all that a cycle needs', async () => {
    const queue = {
      name: 'research',
      labels: {},
      description: '',
      quota: { cpu: 8000 },
      state: 'open',
    } as const;
    await store.queues.put(queue, NOON);
    await store.grants.put({ project: 'vision', queue: 'research', maxPriority: 80 }, NOON);
    const node = { name: 'n1', allocatable: { cpu: 4000 }, labels: { zone: 'a' } };
    await store.agents.put('local', { kind: 'process', nodes: [node] }, NOON);
    await store.agents.put('away', { kind: 'process', nodes: [node] }, NOON);
    await store.agents.gone('away', NOON);
    const waiting = await submitted({ resources: { cpu: 500 }, members: 4, spec: { startAfter: NOON + 9 } });
    const running = await submitted({ resources: { memory: 5 } });
    await store.jobs.apply(admission(running));
    await store.jobs.apply(decided(cancel(await submitted(), { by: 'ada', now: NOON })));
    const common = { project: 'vision', queue: 'research' };
    expect(await store.board.snapshot()).toEqual({
      queues: [{ ...queue, maxRunning: undefined, createdAt: NOON }],
      grants: [{ ...common, maxPriority: 80, createdAt: NOON }],
      flavors: [],
      nodes: [{ ...node, agent: 'local' }],
      pending: [
        {
          ...common,
          uid: waiting.uid,
          name: waiting.name,
          priority: 50,
          createdAt: NOON,
          startAfter: NOON + 9,
          groups: [{ count: 4, requests: { cpu: 500 }, nodeSelector: {} }],
          preemptions: 0,
          graceMs: 30_000,
          reason: 'Submitted',
          message: waiting.state.message,
          version: 1,
        },
      ],
      holding: [
        {
          ...common,
          uid: running.uid,
          name: running.name,
          priority: 50,
          createdAt: NOON,
          admittedAt: NOON + 1,
          preemptions: 0,
          graceMs: 30_000,
          agent: 'local',
          groups: [{ count: 1, requests: { memory: 5 }, nodeSelector: {} }],
        },
      ],
    });
    const whole = await store.scheduler.jobs([waiting.uid, 'not-a-uid']);
    expect(whole).toEqual([waiting]);
  });
});
