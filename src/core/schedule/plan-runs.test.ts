import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { NOON } from '../job/testing/builders.ts';
import { MOST_CAUGHT_UP, ON_TIME, planRuns } from './plan-runs.ts';
import { MISSED, type Missed } from './schedule.ts';

const MINUTE = 60_000;
/** Minutes before noon. */
const at = (...minutes: readonly number[]) => minutes.map((ago) => NOON - ago * MINUTE);

interface Case {
  readonly what: string;
  readonly missed: Missed;
  readonly startDeadlineMs?: number;
  readonly due: readonly number[];
  readonly run: readonly number[];
  readonly leftOut: readonly object[];
}

const left = (reason: string, from: number, until: number, count: number) => ({
  reason,
  from: NOON - from * MINUTE,
  until: NOON - until * MINUTE,
  count,
  more: false,
});

describe('of the due times that have come', () => {
  test.each<Case>([
    { what: 'nothing: nothing', missed: 'runAll', due: [], run: [], leftOut: [] },
    { what: 'one that has just come is run', missed: 'skip', due: [0], run: [0], leftOut: [] },
    {
      what: 'one within the minute is on time: a server was only started again',
      missed: 'skip',
      due: [0.9],
      run: [0.9],
      leftOut: [],
    },
    {
      what: 'skip leaves out what was missed',
      missed: 'skip',
      due: [30, 20, 10],
      run: [],
      leftOut: [left('Missed', 30, 10, 3)],
    },
    {
      what: 'skip runs the one that is on time, after those that it leaves out',
      missed: 'skip',
      due: [20, 10, 0],
      run: [0],
      leftOut: [left('Missed', 20, 10, 2)],
    },
    {
      what: 'runOnce runs the last of what was missed',
      missed: 'runOnce',
      due: [30, 20, 10],
      run: [10],
      leftOut: [left('Missed', 30, 20, 2)],
    },
    {
      what: 'runOnce runs nothing besides what is on time',
      missed: 'runOnce',
      due: [20, 10, 0],
      run: [0],
      leftOut: [left('Missed', 20, 10, 2)],
    },
    { what: 'runAll runs each', missed: 'runAll', due: [30, 20, 0], run: [30, 20, 0], leftOut: [] },
    {
      what: 'what is past its start deadline is never run',
      missed: 'runAll',
      startDeadlineMs: 15 * MINUTE,
      due: [30, 20, 15, 10],
      run: [15, 10],
      leftOut: [left('TooLate', 30, 20, 2)],
    },
    {
      what: 'a start deadline within the minute holds as well',
      missed: 'skip',
      startDeadlineMs: 10_000,
      due: [0.5, 0],
      run: [0],
      leftOut: [left('TooLate', 0.5, 0.5, 1)],
    },
    {
      what: 'both reasons are told, oldest first',
      missed: 'runOnce',
      startDeadlineMs: 25 * MINUTE,
      due: [30, 20, 10],
      run: [10],
      leftOut: [left('TooLate', 30, 30, 1), left('Missed', 20, 20, 1)],
    },
  ])('$what', ({ missed, startDeadlineMs, due, run, leftOut }) => {
    const plan = planRuns({ missed, startDeadlineMs }, { times: at(...due), more: false }, NOON);
    expect(plan).toEqual({ run: at(...run), leftOut });
  });

  test('runAll catches up with the last hundred, and says that there were more', () => {
    const times = Array.from({ length: 101 }, (_, index) => NOON - (101 - index) * MINUTE);
    const { run, leftOut } = planRuns({ missed: 'runAll' }, { times, more: true }, NOON);
    expect(run).toEqual(times.slice(1));
    expect(leftOut).toEqual([{ ...left('TooMany', 101, 101, 1), more: true }]);
  });

  property.prop([
    fc.constantFrom(...MISSED),
    fc.option(fc.integer({ min: 10_000, max: 7_200_000 }), { nil: undefined }),
    fc.uniqueArray(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 200 }),
  ])('each is run or left out, none is both, and what is run comes last', (missed, startDeadlineMs, ages) => {
    const times = ages.toSorted((a, b) => b - a).map((age) => NOON - age);
    const { run, leftOut } = planRuns({ missed, startDeadlineMs }, { times, more: false }, NOON);
    expect(times.slice(times.length - run.length)).toEqual(run);
    expect(leftOut.reduce((sum, { count }) => sum + count, run.length)).toBe(times.length);
    expect(run.length).toBeLessThanOrEqual(MOST_CAUGHT_UP);
    expect(run.every((dueAt) => NOON - dueAt <= (startDeadlineMs ?? Infinity))).toBe(true);
    if (missed === 'skip') expect(run.every((dueAt) => NOON - dueAt <= ON_TIME)).toBe(true);
  });
});
