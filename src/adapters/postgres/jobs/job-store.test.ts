/** What the store keeps of a job, and what becomes of writes that meet. */
import { describe, expect, test } from 'vitest';
import { admit } from '../../../core/job/admit.ts';
import { cancel } from '../../../core/job/cancel.ts';
import type { Job } from '../../../core/job/job.ts';
import { preempt } from '../../../core/job/preempt.ts';
import { redrive } from '../../../core/job/redrive.ts';
import { suspend } from '../../../core/job/suspend.ts';
import { update } from '../../../core/job/update.ts';
import { aSubmission, decided, ended, NOON, type Wanted } from '../testing/jobs.ts';
import { withStore } from '../testing/with-store.ts';

const db = withStore();

async function submitted(wanted: Wanted = {}): Promise<Job> {
  const { job } = aSubmission(wanted);
  expect(await db.store.jobs.submit({ job, from: 0, events: [] })).toEqual({ kind: 'stored', job });
  return job;
}

async function failed(wanted: Wanted = {}): Promise<Job> {
  const job = await submitted(wanted);
  const admitted = await db.store.jobs.apply(decided(admit(job, { agent: 'local', now: NOON + 1 })));
  return (await db.store.jobs.apply(ended(admitted!, { exitCode: 1, now: NOON + 2 })))!;
}

describe('a job', () => {
  test('is read as it was submitted, by uid and by name, within its project', async () => {
    const job = await submitted({
      labels: { team: 'ocr' },
      spec: { deadlineMs: 1000, startAfter: NOON + 5 },
    });
    expect(await db.store.jobs.get('vision', job.uid)).toEqual(job);
    expect(await db.store.jobs.get('vision', job.name)).toEqual(job);
    expect(await db.store.jobs.get('speech', job.uid)).toBeUndefined();
    expect(await db.store.jobs.get('vision', 'none-of-that-name')).toBeUndefined();
  });

  test('whose name looks like a uid is found by it', async () => {
    const name = '01900000-0000-7000-8000-000000000009';
    const job = await submitted({ name });
    expect(await db.store.jobs.get('vision', name)).toEqual(job);
  });

  test('goes through its life in one table at a time, and comes back from a dead letter', async () => {
    const job = await submitted();
    const admitted = await db.store.jobs.apply(decided(admit(job, { agent: 'life', now: NOON + 1 })));
    expect(await db.store.jobs.heldBy('life')).toEqual([admitted]);
    const dead = await db.store.jobs.apply(ended(admitted!, { exitCode: 1, now: NOON + 2 }));
    expect(dead?.state.name).toBe('failed');
    expect(await db.store.jobs.get('vision', job.name)).toEqual(dead);
    expect(await db.store.jobs.heldBy('life')).toEqual([]);
    const back = await db.store.jobs.apply(decided(redrive(dead!, { by: 'ada', now: NOON + 3 })));
    expect(back?.state.name).toBe('pending');
    expect(await db.store.jobs.get('vision', job.uid)).toEqual(back);
    const gone = await db.store.jobs.apply(decided(cancel(back!, { by: 'ada', now: NOON + 4 })));
    expect(await db.store.jobs.get('vision', job.uid)).toEqual(gone);
  });

  test('of a name that was used before: the live one is found, then the one that ended last', async () => {
    const old = await failed({ name: 'again' });
    const live = await submitted({ name: 'again' });
    expect((await db.store.jobs.get('vision', 'again'))?.uid).toBe(live.uid);
    await db.store.jobs.apply(decided(cancel(live, { by: 'ada', now: NOON + 9 })));
    expect((await db.store.jobs.get('vision', 'again'))?.uid).toBe(live.uid);
    await db.store.jobs.remove(live.uid);
    expect((await db.store.jobs.get('vision', 'again'))?.uid).toBe(old.uid);
  });

  test('keeps what an agent said, but for what PostgreSQL cannot hold', async () => {
    const job = await submitted();
    const admitted = (await db.store.jobs.apply(decided(admit(job, { agent: 'local', now: NOON }))))!;
    const said = decided(cancel(admitted, { by: 'ada', reason: 'a\0b \ud800 \\u0000 é', now: NOON }));
    await db.store.jobs.apply(said);
    const kept = await db.store.jobs.get('vision', job.uid);
    expect(kept?.state.message).toBe('cancelled by ada: a\uFFFDb \uFFFD \\u0000 é');
    const { items } = await db.store.events.list({ job: job.uid }, { limit: 1 });
    expect(items[0]?.message).toBe(kept?.state.message);
  });

  test('changes queue, priority, labels and spec by a transition', async () => {
    const job = await submitted({ labels: { team: 'ocr' } });
    const to = { priority: 90, queue: 'other', labels: { team: 'asr' }, by: 'ada', now: NOON + 1 };
    const changed = await db.store.jobs.apply(decided(update(job, to)));
    expect(changed?.spec).toMatchObject({ priority: 90, queue: 'other' });
    expect(await db.store.jobs.get('vision', job.uid)).toEqual(changed);
    const { items } = await db.store.jobs.list({ queue: 'other' }, { limit: 10 });
    expect(items).toEqual([changed]);
  });
});

describe('compare-and-set', () => {
  test('of two decisions on one version, one is applied', async () => {
    const other = await db.open();
    const job = await submitted();
    const now = NOON + 1;
    const results = await Promise.all([
      db.store.jobs.apply(decided(admit(job, { agent: 'local', now }))),
      db.store.jobs.apply(decided(cancel(job, { by: 'ada', now }))),
      other.jobs.apply(decided(suspend(job, { by: 'ada', now }))),
    ]);
    const applied = results.filter((result) => result !== undefined);
    expect(applied).toHaveLength(1);
    expect(await db.store.jobs.get('vision', job.uid)).toEqual(applied[0]);
  });

  test('a decision on an old version changes nothing, whatever it leads to', async () => {
    const job = await submitted();
    await db.store.jobs.apply(decided(update(job, { priority: 60, by: 'ada', now: NOON })));
    const before = await db.store.jobs.get('vision', job.uid);
    expect(await db.store.jobs.apply(decided(cancel(job, { by: 'ada', now: NOON })))).toBeUndefined();
    expect(
      await db.store.jobs.apply(decided(update(job, { priority: 1, by: 'bob', now: NOON }))),
    ).toBeUndefined();
    expect(await db.store.jobs.get('vision', job.uid)).toEqual(before);
  });

  test('a dead letter is redriven once', async () => {
    const dead = await failed();
    const again = decided(redrive(dead, { by: 'ada', now: NOON + 3 }));
    const results = await Promise.all([db.store.jobs.apply(again), (await db.open()).jobs.apply(again)]);
    expect(results.filter((result) => result !== undefined)).toHaveLength(1);
  });

  test('a dead letter whose name is in use again is refused by name', async () => {
    const dead = await failed({ name: 'taken' });
    await submitted({ name: 'taken' });
    const again = db.store.jobs.apply(decided(redrive(dead, { by: 'ada', now: NOON + 3 })));
    await expect(again).rejects.toMatchObject({ code: 'job.name_taken' });
    expect((await db.store.jobs.get('vision', dead.uid))?.state.name).toBe('failed');
  });
});

describe('submitting', () => {
  const once = (key: string, digest = 'd1') => ({ principal: 'ada', key, digest });

  test('the same key again is the same job, also after it has ended', async () => {
    const first = aSubmission();
    expect((await db.store.jobs.submit(first, once('k1'))).kind).toBe('stored');
    const again = aSubmission({ name: first.job.name });
    expect(await db.store.jobs.submit(again, once('k1'))).toEqual({ kind: 'repeated', job: first.job });
    const gone = await db.store.jobs.apply(decided(cancel(first.job, { by: 'ada', now: NOON })));
    expect(await db.store.jobs.submit(again, once('k1'))).toEqual({ kind: 'repeated', job: gone });
  });

  test('a repeated submission of a job whose record was removed does not run it again', async () => {
    const first = aSubmission();
    await db.store.jobs.submit(first, once('k2'));
    await db.store.jobs.apply(decided(cancel(first.job, { by: 'ada', now: NOON })));
    await db.store.jobs.remove(first.job.uid);
    await expect(db.store.jobs.submit(aSubmission(), once('k2'))).rejects.toMatchObject({
      code: 'job.not_found',
    });
  });

  test.each([
    { what: 'the key with another digest', once: once('k3', 'd2'), want: 'key-reused' },
    { what: 'the key of another principal', once: { ...once('k3'), principal: 'bob' }, want: 'stored' },
    { what: 'another key', once: once('k4'), want: 'stored' },
  ])('$what is $want', async ({ once: given, want }) => {
    await db.store.jobs.submit(aSubmission(), once('k3'));
    expect((await db.store.jobs.submit(aSubmission(), given)).kind).toBe(want);
  });

  test('a name that a live job has is taken, and the key stays free', async () => {
    const holder = await submitted({ name: 'held' });
    const second = aSubmission({ name: 'held' });
    expect(await db.store.jobs.submit(second, once('k5'))).toEqual({ kind: 'name-taken', job: holder });
    await db.store.jobs.apply(decided(cancel(holder, { by: 'ada', now: NOON })));
    expect((await db.store.jobs.submit(second, once('k5'))).kind).toBe('stored');
  });

  test.each([
    { what: 'one key and one name', key: () => 'r1', name: () => 'race-1', kinds: { repeated: 19 } },
    {
      what: 'one key and many names',
      key: () => 'r2',
      name: (i: number) => `race-2-${i}`,
      kinds: { repeated: 19 },
    },
    {
      what: 'many keys and one name',
      key: (i: number) => `r3-${i}`,
      name: () => 'race-3',
      kinds: { 'name-taken': 19 },
    },
  ])('of twenty at once with $what, one is stored', async ({ key, name, kinds }) => {
    const stores = [db.store, await db.open()];
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        stores[i % 2]!.jobs.submit(aSubmission({ name: name(i) }), once(key(i))),
      ),
    );
    const stored = results.filter(({ kind }) => kind === 'stored');
    expect(Object.groupBy(results, ({ kind }) => kind)).toMatchObject(
      Object.fromEntries(Object.entries(kinds).map(([kind, length]) => [kind, { length }])),
    );
    expect(stored).toHaveLength(1);
    const uids = new Set(results.map((result) => (result.kind === 'key-reused' ? '' : result.job.uid)));
    expect(uids.size).toBe(1);
  });

  test('keys are forgotten after a day', async () => {
    const first = aSubmission();
    await db.store.jobs.submit(first, once('old'));
    expect(await db.store.pruneKeys(NOON + 1000)).toBe(0);
    expect(await db.store.pruneKeys(NOON + 86_400_001)).toBeGreaterThan(0);
    expect((await db.store.jobs.submit(aSubmission(), once('old'))).kind).toBe('stored');
  });
});

describe('what is due', () => {
  test('comes earliest first: a deadline, a backoff, and the end of a time to live', async () => {
    const due = async (now: number) =>
      (await db.store.jobs.due(now, 10)).filter(({ project }) => project === 'due').map(({ name }) => name);
    await submitted({ project: 'due', name: 'deadline', spec: { deadlineMs: 300 } });
    await submitted({ project: 'due', name: 'never' });
    await failed({ project: 'due', name: 'kept', spec: { ttlAfterFinishedMs: 198 } });
    const retry = { limit: 1, backoff: { initialMs: 100, factor: 1, maxMs: 100 }, rules: [] };
    expect((await failed({ project: 'due', name: 'retried', spec: { retry } })).state.name).toBe('backoff');
    expect(await due(NOON + 50)).toEqual([]);
    expect(await due(NOON + 200)).toEqual(['retried', 'kept']);
    expect(await due(NOON + 300)).toEqual(['retried', 'kept', 'deadline']);
    expect(await db.store.jobs.due(NOON + 300, 1)).toHaveLength(1);
  });
});

describe('removing', () => {
  test('takes an ended job away with its collection, and no live one', async () => {
    const live = await submitted();
    expect(await db.store.jobs.remove(live.uid)).toBe(false);
    expect(await db.store.jobs.remove('not-a-uid')).toBe(false);
    const dead = await failed();
    const ofDead = async () =>
      (await db.store.agents.collections('local')).filter(({ ref }) => ref.job === dead.uid);
    expect(await ofDead()).toEqual([{ ref: { job: dead.uid, attempt: 1 }, agent: 'local' }]);
    expect(await db.store.jobs.remove(dead.uid)).toBe(true);
    expect(await db.store.jobs.remove(dead.uid)).toBe(false);
    expect(await ofDead()).toEqual([]);
  });
});

describe('collections', () => {
  test('are recorded once for each attempt that ended, and not again by what follows', async () => {
    const retry = { limit: 3, backoff: { initialMs: 100, factor: 1, maxMs: 100 }, rules: [] };
    const job = await submitted({ spec: { retry } });
    const agent = 'collector';
    const admitted = (await db.store.jobs.apply(decided(admit(job, { agent, now: NOON }))))!;
    const waiting = (await db.store.jobs.apply(ended(admitted, { exitCode: 1, now: NOON + 1 })))!;
    const first = { ref: { job: job.uid, attempt: 1 }, agent };
    expect(await db.store.agents.collections(agent)).toEqual([first]);
    await db.store.agents.collected(first.ref);
    const held = (await db.store.jobs.apply(decided(suspend(waiting, { by: 'ada', now: NOON + 2 }))))!;
    await db.store.jobs.apply(decided(cancel(held, { by: 'ada', now: NOON + 3 })));
    expect(await db.store.agents.collections(agent)).toEqual([]);
  });

  test('are recorded for an attempt that was stopped', async () => {
    const job = await submitted();
    const agent = 'stopper';
    const admitted = (await db.store.jobs.apply(decided(admit(job, { agent, now: NOON }))))!;
    const stopping = (await db.store.jobs.apply(
      decided(
        preempt(admitted, {
          by: 'uid-other',
          byName: 'vision/other',
          reason: 'HigherPriority',
          lostMs: 0,
          now: NOON,
        }),
      ),
    ))!;
    expect(await db.store.agents.collections(agent)).toEqual([]);
    const back = await db.store.jobs.apply(ended(stopping, { exitCode: 1, now: NOON + 1 }));
    expect(back?.state.name).toBe('pending');
    expect(await db.store.agents.collections(agent)).toHaveLength(1);
  });
});
