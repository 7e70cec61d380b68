/** Partitions follow the calendar, are made ahead, and take over what came before them. */
import { beforeEach, describe, expect, test } from 'vitest';
import { cancel } from '../../../core/job/cancel.ts';
import type { Store } from '../open-store.ts';
import { aSubmission, decided, NOON } from '../testing/jobs.ts';
import { openSession } from '../testing/session.ts';
import { type TestDatabase, testDatabase } from '../testing/with-store.ts';
import { beginOf, partitionName, periodOf } from './period.ts';

const utc = (text: string) => Date.parse(`${text}Z`);

describe('a period', () => {
  test.each([
    { kind: 'week', at: '2026-01-05T00:00', offset: 0, from: '2026-01-05T00:00', to: '2026-01-12T00:00' },
    { kind: 'week', at: '2026-01-04T23:59', offset: 0, from: '2025-12-29T00:00', to: '2026-01-05T00:00' },
    { kind: 'week', at: '2026-01-05T12:00', offset: 2, from: '2026-01-19T00:00', to: '2026-01-26T00:00' },
    { kind: 'month', at: '2026-01-31T12:00', offset: 0, from: '2026-01-01T00:00', to: '2026-02-01T00:00' },
    { kind: 'month', at: '2026-01-31T12:00', offset: 1, from: '2026-02-01T00:00', to: '2026-03-01T00:00' },
    { kind: 'month', at: '2026-01-31T12:00', offset: -1, from: '2025-12-01T00:00', to: '2026-01-01T00:00' },
  ] as const)('$offset from the $kind of $at begins $from', ({ kind, at, offset, from, to }) => {
    const period = periodOf(kind, utc(at), offset);
    expect(period).toEqual({ from: utc(from), to: utc(to) });
    expect(beginOf(partitionName('event', period))).toBe(utc(from));
  });

  test('is not read from the name of the default partition', () => {
    expect(beginOf('event_default')).toBeUndefined();
  });
});

describe('partitions', () => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await testDatabase();
    store = await database.open();
    return () => database[Symbol.asyncDispose]();
  });

  async function partitionsOf(table: string): Promise<Record<string, number>> {
    await using session = await openSession(database.connection);
    const rows = await session.run(
      `SELECT tableoid::regclass::text AS name, count(*)::integer AS rows FROM ${table} GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ name, rows: count }) => [name, count]));
  }

  test('take what stood in the default partition when they are made, once', async () => {
    const first = aSubmission({ now: NOON });
    await store.jobs.submit(first);
    await store.jobs.apply(decided(cancel(first.job, { by: 'ada', now: NOON })));
    expect(await partitionsOf('event')).toEqual({ event_default: 2 });
    expect(await partitionsOf('job_history')).toEqual({ job_history_default: 1 });
    const other = await database.open();
    await Promise.all([store.ensurePartitions(NOON), other.ensurePartitions(NOON)]);
    expect(await partitionsOf('event')).toEqual({ event_20260105: 2 });
    expect(await partitionsOf('job_history')).toEqual({ job_history_20260101: 1 });
    const second = aSubmission({ now: NOON + 14 * 86_400_000 });
    await store.jobs.submit(second);
    expect(await partitionsOf('event')).toEqual({ event_20260105: 2, event_20260119: 1 });
    expect((await store.events.list({ job: first.job.uid }, { limit: 10 })).items).toHaveLength(2);
    expect((await store.jobs.get('vision', first.job.name))?.state.name).toBe('cancelled');
  });

  test('of ended jobs are dropped when they lie wholly before the time', async () => {
    await store.ensurePartitions(NOON);
    const first = aSubmission({ now: NOON });
    await store.jobs.submit(first);
    await store.jobs.apply(decided(cancel(first.job, { by: 'ada', now: NOON })));
    await store.dropPartitions('job_history', Date.UTC(2026, 1, 1) - 1);
    expect(await store.jobs.get('vision', first.job.uid)).toBeDefined();
    await store.dropPartitions('job_history', Date.UTC(2026, 1, 1));
    expect(await store.jobs.get('vision', first.job.uid)).toBeUndefined();
  });
});
