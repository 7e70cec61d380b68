/** Events are read in the order of their transactions, each once, and none is skipped because it came late. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { cancel } from '../../../core/job/cancel.ts';
import type { EventFilter, StoredEvent } from '../../../ports/event-store.ts';
import type { Store } from '../open-store.ts';
import { aSubmission, decided, NOON } from '../testing/jobs.ts';
import { openSession } from '../testing/session.ts';
import { testDatabase, withStore } from '../testing/with-store.ts';

const db = withStore();

/** Reads on until `want` events have come; a writer elsewhere on the server may hold them back for a while. */
async function follow(
  store: Store,
  from: string,
  want: number,
  { filter = {}, limit = 100 }: { filter?: EventFilter; limit?: number } = {},
): Promise<StoredEvent[]> {
  const seen: StoredEvent[] = [];
  let cursor = from;
  await vi.waitFor(
    async () => {
      const batch = await store.events.after(cursor, filter, limit);
      cursor = batch.cursor;
      seen.push(...batch.events);
      expect(seen.length).toBeGreaterThanOrEqual(want);
    },
    { timeout: 20_000, interval: 10 },
  );
  return seen;
}

const insertEvent = `
  INSERT INTO event (at, uid, project, job, state_name, type, reason, message)
  VALUES (${NOON}, gen_random_uuid(), 'vision', 'late', 'pending', 'normal', 'Late', 'committed late')`;

describe('events after a cursor', () => {
  test('tell what was submitted and decided, with the state that the job was in', async () => {
    const first = aSubmission({ project: 'told' });
    await db.store.jobs.submit(first);
    await db.store.jobs.apply(decided(cancel(first.job, { by: 'ada', reason: 'why not', now: NOON + 1 })));
    const start = await db.store.events.cursor('start');
    const events = await follow(db.store, start, 2, { filter: { project: 'told' } });
    const of = { project: 'told', job: first.job.name, uid: first.job.uid, cursor: expect.any(String) };
    expect(events).toEqual([
      { ...first.events[0], ...of, state: 'pending' },
      {
        ...of,
        type: 'normal',
        reason: 'Cancelled',
        message: 'cancelled by ada: why not',
        at: NOON + 1,
        state: 'cancelled',
      },
    ]);
  });

  test('wait for a transaction that began before and commits later, and then tell of it first', async () => {
    await using late = await openSession(db.connection);
    const start = await db.store.events.cursor('now');
    await late.run('BEGIN');
    await late.run(insertEvent);
    const early = aSubmission();
    await db.store.jobs.submit(early);
    const before = await db.store.events.after(start, {}, 100);
    expect(before.events.filter(({ uid }) => uid === early.job.uid)).toEqual([]);
    await late.run('COMMIT');
    const seen = await follow(db.store, before.cursor, 2);
    expect(seen.map(({ reason }) => reason)).toEqual(['Late', 'Submitted']);
  });

  test('are not told when their transaction is rolled back', async () => {
    await using late = await openSession(db.connection);
    const start = await db.store.events.cursor('now');
    await late.run('BEGIN');
    await late.run(insertEvent);
    await db.store.jobs.submit(aSubmission());
    await late.run('ROLLBACK');
    const seen = await follow(db.store, start, 1);
    expect(seen.map(({ reason }) => reason)).toEqual(['Submitted']);
  });

  test('come in batches that fit together, also when a filter leaves most of them out', async () => {
    const start = await db.store.events.cursor('now');
    const firsts = Array.from({ length: 12 }, (_, i) =>
      aSubmission({ project: i % 4 === 0 ? 'some' : 'rest' }),
    );
    for (const first of firsts) await db.store.jobs.submit(first);
    const all = await follow(db.store, start, 12, { limit: 5 });
    expect(all.map(({ uid }) => uid)).toEqual(firsts.map(({ job }) => job.uid));
    const some = await follow(db.store, start, 3, { filter: { project: 'some' }, limit: 2 });
    expect(some.map(({ uid }) => uid)).toEqual([0, 4, 8].map((i) => firsts[i]?.job.uid));
    const one = await follow(db.store, start, 1, { filter: { job: firsts[7]!.job.uid } });
    expect(one.map(({ uid }) => uid)).toEqual([firsts[7]?.job.uid]);
    const none = await db.store.events.after(start, { job: 'not-a-uid' }, 10);
    expect(none.events).toEqual([]);
  });

  test('begin anywhere: each cursor of an event continues after it', async () => {
    const start = await db.store.events.cursor('now');
    for (let i = 0; i < 3; i++) await db.store.jobs.submit(aSubmission());
    const [first, second, third] = await follow(db.store, start, 3);
    const rest = await db.store.events.after(first!.cursor, {}, 10);
    expect(rest.events).toEqual([second, third]);
    expect((await db.store.events.after(third!.cursor, {}, 10)).events).toEqual([]);
  });
});

describe('a cursor', () => {
  test.each([
    { what: 'of another store', cursor: '0123456789abcdef.1.1' },
    { what: 'that is no cursor', cursor: 'yesterday' },
    { what: 'that is empty', cursor: '' },
    { what: 'too large for a transaction id', cursor: '0123456789abcdef.99999999999999999999.1' },
  ])('$what is refused', async ({ cursor }) => {
    await expect(db.store.events.after(cursor, {}, 1)).rejects.toMatchObject({ code: 'cursor.expired' });
    await expect(db.store.events.list({}, { cursor, limit: 1 })).rejects.toMatchObject({
      code: 'cursor.expired',
    });
  });

  test('from a future that the store never had is refused', async () => {
    const [epoch] = (await db.store.events.cursor('now')).split('.');
    await expect(db.store.events.after(`${epoch}.999999999999.0`, {}, 1)).rejects.toMatchObject({
      code: 'cursor.expired',
    });
  });
});

describe('dropped events', () => {
  const WEEK = 7 * 86_400_000;
  let store: Store;
  let database: Awaited<ReturnType<typeof testDatabase>>;
  beforeEach(async () => {
    database = await testDatabase();
    store = await database.open();
    return () => database[Symbol.asyncDispose]();
  });

  test.each([
    { what: 'their partition', ensured: true },
    { what: 'the default partition', ensured: false },
  ])('go with $what, and cursors before them expire', async ({ ensured }) => {
    if (ensured) await store.ensurePartitions(NOON);
    const start = await store.events.cursor('start');
    await store.jobs.submit(aSubmission({ now: NOON }));
    await store.jobs.submit(aSubmission({ now: NOON + 2 * WEEK }));
    const [old, young] = await follow(store, start, 2);
    await store.dropPartitions('event', NOON + WEEK);
    expect((await store.events.list({}, { limit: 10 })).items).toEqual([young]);
    await expect(store.events.after(start, {}, 10)).rejects.toMatchObject({ code: 'cursor.expired' });
    expect((await store.events.after(old!.cursor, {}, 10)).events).toEqual([young]);
    const from = await store.events.cursor('start');
    expect((await store.events.after(from, {}, 10)).events).toEqual([young]);
  });
});

describe('a list of events', () => {
  test('is newest first, narrowed and in pages', async () => {
    const first = aSubmission({ project: 'listed' });
    await db.store.jobs.submit(first);
    await db.store.jobs.submit(aSubmission({ project: 'listed' }));
    await db.store.jobs.apply(decided(cancel(first.job, { by: 'ada', now: NOON + 1 })));
    const whole = await db.store.events.list({ project: 'listed' }, { limit: 10 });
    expect(whole.items.map(({ reason }) => reason)).toEqual(['Cancelled', 'Submitted', 'Submitted']);
    const page = await db.store.events.list({ project: 'listed' }, { limit: 2 });
    expect(page.items).toEqual(whole.items.slice(0, 2));
    const rest = await db.store.events.list({ project: 'listed' }, { limit: 2, cursor: page.next });
    expect(rest).toEqual({ items: whole.items.slice(2), next: undefined });
    const ofJob = await db.store.events.list({ job: first.job.uid }, { limit: 10 });
    expect(ofJob.items.map(({ reason }) => reason)).toEqual(['Cancelled', 'Submitted']);
    expect(await db.store.events.list({ job: 'not-a-uid' }, { limit: 10 })).toEqual({ items: [] });
  });
});
