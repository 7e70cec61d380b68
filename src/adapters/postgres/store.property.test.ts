/**
 * Whatever two servers do to the same jobs at once: no job is lost or doubled, no version is given
 * twice, every event of what was applied is read exactly once, and use is what the rows hold.
 */
import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, vi } from 'vitest';
import type { Job } from '../../core/job/job.ts';
import { gangRequests } from '../../core/job/spec.ts';
import { holdsProcesses } from '../../core/job/state.ts';
import type { StoredEvent } from '../../ports/event-store.ts';
import type { Store } from './open-store.ts';
import { NOON } from './testing/jobs.ts';
import { MOVES, type Move, Rivals } from './testing/rivals.ts';
import { openSession } from './testing/session.ts';
import { withStore } from './testing/with-store.ts';

const db = withStore();
let stores: readonly [Store, Store];
beforeAll(async () => {
  stores = [db.store, await db.open()];
});

const RUNS = 25;
const BATCH = 6;

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof({ weight: 3, arbitrary: fc.constant('submit' as const) }, fc.constantFrom(...MOVES)),
  pick: fc.nat({ max: 9 }),
  server: fc.constantFrom(0, 1),
});

describe('two servers on one store', () => {
  test.prop([fc.array(move, { minLength: 10, maxLength: 60 })], { numRuns: RUNS })(
    'lose nothing, double nothing, and tell everything once',
    async (moves) => {
      const rivals = new Rivals(stores, NOON);
      const start = await db.store.events.cursor('now');
      for (let i = 0; i < moves.length; i += BATCH) {
        await Promise.all(moves.slice(i, i + BATCH).map((one) => rivals.play(one)));
      }
      await expectEachOnce(rivals);
      expectVersionsInARow(rivals);
      await expectEventsOnce(rivals, start);
      await expectUseOfRows();
    },
    120_000,
  );
});

async function rowsOf({ project }: Rivals): Promise<{ uid: string; version: number }[]> {
  await using session = await openSession(db.connection);
  const rows = await session.run(
    `SELECT uid, version FROM job WHERE project = $1
      UNION ALL SELECT uid, version FROM job_history WHERE project = $1`,
    [project],
  );
  return rows.map(({ uid, version }) => ({ uid, version }));
}

/** In one table or the other, in the version that was applied last; gone only when it was removed. */
async function expectEachOnce(rivals: Rivals): Promise<void> {
  const last = new Map<string, number>();
  for (const { job } of rivals.applied) last.set(job.uid, Math.max(job.version, last.get(job.uid) ?? 0));
  const want = [...last]
    .filter(([uid]) => !rivals.removed.has(uid))
    .map(([uid, version]) => ({ uid, version }));
  const byUid = (a: { uid: string }, b: { uid: string }) => a.uid.localeCompare(b.uid);
  expect((await rowsOf(rivals)).toSorted(byUid)).toEqual(want.toSorted(byUid));
}

function expectVersionsInARow({ applied }: Rivals): void {
  for (const [uid, ofJob] of Map.groupBy(applied, ({ job }) => job.uid)) {
    const versions = ofJob.map(({ job }) => job.version).toSorted((a, b) => a - b);
    expect({ uid, versions }).toEqual({ uid, versions: versions.map((_, i) => i + 1) });
  }
}

async function expectEventsOnce({ applied, project }: Rivals, start: string): Promise<void> {
  const want = applied.flatMap(({ job, events }) =>
    events.map(
      ({ state, reason, message, at }) => `${job.uid} ${state ?? job.state.name} ${at} ${reason} ${message}`,
    ),
  );
  const seen: StoredEvent[] = [];
  let cursor = start;
  // Writers elsewhere on the server hold the horizon back for a moment.
  await vi.waitFor(
    async () => {
      const batch = await db.store.events.after(cursor, { project }, 7);
      cursor = batch.cursor;
      seen.push(...batch.events);
      expect(seen.length).toBeGreaterThanOrEqual(want.length);
    },
    { timeout: 20_000, interval: 5 },
  );
  const rest = await db.store.events.after(cursor, { project }, 7);
  const told = [...seen, ...rest.events].map(
    ({ uid, state, at, reason, message }) => `${uid} ${state} ${at} ${reason} ${message}`,
  );
  expect(told.toSorted()).toEqual(want.toSorted());
}

async function expectUseOfRows(): Promise<void> {
  const jobs: Job[] = [];
  let cursor: string | undefined;
  do {
    const page = await db.store.jobs.list({ queue: 'research' }, { cursor, limit: 500 });
    jobs.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  const holding = jobs.filter(({ state }) => holdsProcesses(state));
  const cpu = holding.reduce((sum, { spec }) => sum + (gangRequests(spec).cpu ?? 0), 0);
  expect(await db.store.queues.use(['research'])).toEqual({
    research: {
      pending: jobs.filter(({ state }) => state.name === 'pending').length,
      holding: holding.length,
      used: holding.length > 0 ? { cpu } : {},
    },
  });
}
