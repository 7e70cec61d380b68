/**
 * Which of the due times that have come are run, and which are left out and why. Pure: the times are
 * given, so nothing here knows of cron or of time zones.
 */
import type { RunReason, ScheduleSpec } from './schedule.ts';

/** A due time is on time for so long after it, milliseconds: a server that restarts has missed nothing. */
export const ON_TIME = 60_000;

/** Due times that `runAll` catches up with, the latest ones. */
export const MOST_CAUGHT_UP = 100;

/** Due times that have come, in their order. */
export interface DueTimes {
  /** The latest of them, epoch milliseconds. */
  readonly times: readonly number[];
  /** Older ones were not listed. */
  readonly more: boolean;
}

export interface LeftOut {
  readonly from: number;
  readonly until: number;
  readonly count: number;
  /** There were more than that. */
  readonly more: boolean;
  readonly reason: Extract<RunReason, 'Missed' | 'TooLate' | 'TooMany'>;
}

export interface RunPlan {
  /** Before what is run, oldest first. */
  readonly leftOut: readonly LeftOut[];
  readonly run: readonly number[];
}

type Policy = Pick<ScheduleSpec, 'missed' | 'startDeadlineMs'>;

export function planRuns(spec: Policy, { times, more }: DueTimes, now: number): RunPlan {
  const earliest = now - (spec.startDeadlineMs ?? Number.POSITIVE_INFINITY);
  const inTime = times.filter((at) => at >= earliest);
  const run = chosen(spec, inTime, now);
  const leftOut = [
    group(
      'TooLate',
      times.filter((at) => at < earliest),
    ),
    group(
      spec.missed === 'runAll' ? 'TooMany' : 'Missed',
      inTime.filter((at) => !run.includes(at)),
    ),
  ].filter((part) => part !== undefined);
  return { run, leftOut: leftOut.map((part, index) => ({ ...part, more: more && index === 0 })) };
}

/** What was missed is older than what is on time: what is run comes last. */
function chosen({ missed }: Policy, times: readonly number[], now: number): readonly number[] {
  if (missed === 'runAll') return times.slice(-MOST_CAUGHT_UP);
  const onTime = times.filter((at) => now - at <= ON_TIME);
  return onTime.length > 0 || missed === 'skip' ? onTime : times.slice(-1);
}

function group(reason: LeftOut['reason'], times: readonly number[]): Omit<LeftOut, 'more'> | undefined {
  const [from] = times;
  const until = times.at(-1);
  if (from === undefined || until === undefined) return undefined;
  return { reason, from, until, count: times.length };
}
