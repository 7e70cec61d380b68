/** What becomes of a schedule when a due time is dealt with: the run is noted, and the next one is named. */
import type { LeftOut } from './plan-runs.ts';
import { KEPT_LIVE, KEPT_RUNS, type Run, type RunJob, type RunReason, type Schedule } from './schedule.ts';

/** A due time, and what comes after it. */
export interface Step {
  readonly dueAt: number;
  /** The due time after it; undefined: there is none. */
  readonly nextAt: number | undefined;
  readonly now: number;
}

/** @param live those of its jobs that have not ended */
export function submitted(
  schedule: Schedule,
  { job, live }: { readonly job: RunJob; readonly live: readonly RunJob[] },
  step: Step,
): Schedule {
  const run = { outcome: 'submitted', reason: 'Due', message: `job ${job.name} was submitted`, job } as const;
  return dealtWith({ ...schedule, live: withJob(live, job) }, run, step);
}

export function failed(
  schedule: Schedule,
  { reason, message }: { readonly reason: RunReason; readonly message: string },
  step: Step,
): Schedule {
  return dealtWith(schedule, { outcome: 'failed', reason, message }, step);
}

/** @param live those of its jobs that have not ended: at least one */
export function overlapped(schedule: Schedule, live: readonly RunJob[], step: Step): Schedule {
  const message = `job ${live.at(-1)?.name} has not ended, and overlap is forbidden`;
  return dealtWith({ ...schedule, live }, { outcome: 'skipped', reason: 'Overlap', message }, step);
}

/** @param step.nextAt the first due time after those that are left out */
export function leftOut(schedule: Schedule, these: LeftOut, step: Omit<Step, 'dueAt'>): Schedule {
  const { from, until, count, more, reason } = these;
  const several = count > 1 || more ? { until, count } : {};
  const message = `${more ? 'more than ' : ''}${count} due time${count > 1 ? 's' : ''} ${WHY[reason]}`;
  const run = { outcome: 'skipped', reason, message, ...several } as const;
  // Of more than were listed, the first is the one that was named before.
  const dueAt = more ? (schedule.nextAt ?? from) : from;
  const next = dealtWith(schedule, run, { ...step, dueAt });
  return { ...next, lastDueAt: until };
}

const WHY: Readonly<Record<LeftOut['reason'], string>> = {
  Missed: 'passed while no server looked, and `missed` leaves them out',
  TooLate: 'passed more than the `startDeadline` before a server looked',
  TooMany: 'passed while no server looked, more than are caught up with',
};

/** By hand: no due time is dealt with. */
export function triggered(
  schedule: Schedule,
  { job, live, by }: { readonly job: RunJob; readonly live: readonly RunJob[]; readonly by: string },
  now: number,
): Schedule {
  const message = `job ${job.name} was submitted by ${by}`;
  const run: Run = { dueAt: now, at: now, outcome: 'submitted', reason: 'Triggered', message, job };
  return withRun({ ...schedule, live: withJob(live, job) }, run);
}

function dealtWith(
  schedule: Schedule,
  run: Omit<Run, 'dueAt' | 'at'>,
  { dueAt, nextAt, now }: Step,
): Schedule {
  return withRun({ ...schedule, nextAt, lastDueAt: dueAt }, { dueAt, at: now, ...run });
}

function withRun(schedule: Schedule, run: Run): Schedule {
  return { ...schedule, version: schedule.version + 1, runs: [...schedule.runs, run].slice(-KEPT_RUNS) };
}

function withJob(live: readonly RunJob[], job: RunJob): readonly RunJob[] {
  return [...live, job].slice(-KEPT_LIVE);
}
