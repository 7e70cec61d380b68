/**
 * Whatever is killed, and however long: each due time is submitted once (`runAll`), or at most once; under
 * two servers that both believe that they may; through both changes of the clocks.
 */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { createCalendar } from '../adapters/cron/calendar.ts';
import { withStore } from '../adapters/postgres/testing/with-store.ts';
import { dueJobName } from '../core/schedule/job-of-run.ts';
import { MISSED } from '../core/schedule/schedule.ts';
import { CronHouse, type CronServer } from './testing/cron-house.ts';

const db = withStore();
const calendar = createCalendar();
const HOUR = 3_600_000;

const RUNS = 25;
vi.setConfig({ testTimeout: 120_000 });

/** The evenings before the changes. */
const BEFORE = [
  { timeZone: 'Europe/Berlin', at: Date.UTC(2026, 2, 28, 22) },
  { timeZone: 'Europe/Berlin', at: Date.UTC(2026, 9, 24, 22) },
  { timeZone: 'America/New_York', at: Date.UTC(2026, 2, 8, 4) },
  { timeZone: 'America/New_York', at: Date.UTC(2026, 10, 1, 3) },
  { timeZone: 'Australia/Lord_Howe', at: Date.UTC(2026, 3, 4, 12) },
  { timeZone: 'Australia/Lord_Howe', at: Date.UTC(2026, 9, 3, 12) },
];

const CRONS = ['30 2 * * *', '*/30 * * * *', '0 * * * *', '15,45 1-3 * * *', '7 */2 * * *'];

interface Move {
  /** Until it, the clock goes on by so many minutes: fewer in all than are due in what `runAll` catches up with. */
  readonly minutes: number;
  readonly server: 0 | 1;
  /** At which change the server is killed, and on which side of the commit; absent: it is not. */
  readonly killed?: { readonly at: number; readonly when: 'before' | 'after' } | undefined;
  /** `end`: all its jobs, so that no live one stands in the way of a second of its name. */
  readonly kind: 'round' | 'both' | 'trigger' | 'end';
}

const move: fc.Arbitrary<Move> = fc.record({
  minutes: fc.integer({ min: 0, max: 90 }),
  server: fc.constantFrom(0, 1),
  killed: fc.option(
    fc.record({ at: fc.nat({ max: 4 }), when: fc.constantFrom('before' as const, 'after' as const) }),
    { nil: undefined },
  ),
  kind: fc.constantFrom('round', 'round', 'both', 'trigger', 'end'),
});

class Killed extends Error {}

describe('a due time', () => {
  test.prop(
    [
      fc.constantFrom(...BEFORE),
      fc.constantFrom(...CRONS),
      fc.constantFrom(...MISSED),
      fc.array(move, { minLength: 5, maxLength: 25 }),
    ],
    { numRuns: RUNS },
  )('is submitted once, whatever restarts happen', async ({ timeZone, at }, cron, missed, moves) => {
    const house = await CronHouse.open(db.store, at);
    await house.put('nightly', { cron, timeZone, missed });
    const began = house.now;
    let kill: Move['killed'];
    const strike = (when: 'before' | 'after') => {
      if (kill?.when !== when) return;
      if (kill.at > 0) kill = { ...kill, at: kill.at - 1 };
      else throw new Killed();
    };
    const servers: CronServer[] = [await house.server('one', strike), await house.server('one', strike)];
    for (const { minutes, server, killed, kind } of moves) {
      house.now += minutes * 60_000;
      kill = killed;
      if (kind === 'both') await Promise.all(servers.map((one) => one.round()));
      else if (kind === 'trigger') await house.do('schedule.trigger', { name: 'nightly' });
      else if (kind === 'end') await house.endAll();
      else await servers[server]?.round();
    }
    kill = undefined;
    await settled(servers[0]!);
    expect(servers.flatMap(({ troubles }) => troubles).filter((one) => !(one instanceof Killed))).toEqual([]);
    const due = calendar.latest({ cron, timeZone }, { after: began, until: house.now, most: 10_000 }).times;
    const wanted = due.map((dueAt) => dueJobName({ name: 'nightly' }, dueAt));
    const names = (await house.names()).filter((name) => !name.startsWith('nightly-t'));
    expect(new Set(names).size).toBe(names.length);
    expect(wanted).toEqual(expect.arrayContaining([...names]));
    if (missed === 'runAll') expect(names).toEqual(wanted);
    const stored = await db.store.schedules.get(house.project, 'nightly');
    expect(stored?.runs.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(stored?.nextAt).toBe(calendar.next({ cron, timeZone }, house.now));
    await house.do('schedule.delete', { name: 'nightly' });
  });
});

/** Until nothing is due. */
async function settled(server: CronServer): Promise<void> {
  for (let wait = 0; wait < 1000; ) wait = await server.round();
}

test('the time between two rounds is slept through', async () => {
  const house = await CronHouse.open(db.store, Date.UTC(2026, 0, 1));
  await house.put('hourly', { cron: '@hourly' });
  const server = await house.server('one');
  expect(await server.round()).toBeGreaterThan(10_000);
  house.now += HOUR - 400;
  expect(await server.round()).toBe(400);
  await house.do('schedule.delete', { name: 'hourly' });
});
