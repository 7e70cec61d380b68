/**
 * A schedule: which job is to be submitted when, on whose behalf, and what became of the last due times.
 * A value, as the job is one: each change is decided here and applied by the store to the version that it
 * was decided on.
 */
import type { Owner } from '../access/owner.ts';
import type { JobSpec } from '../job/spec.ts';

/** When: a cron expression, read on the clocks of a place. */
export interface Timing {
  /** Five fields, or a name such as `@daily`. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** What becomes of due times that passed while nobody looked. */
export const MISSED = ['skip', 'runOnce', 'runAll'] as const;
export type Missed = (typeof MISSED)[number];

/** What a due time does while a job of the schedule is live: Kubernetes' concurrency policy. */
export const OVERLAP = ['allow', 'forbid', 'replace'] as const;
export type Overlap = (typeof OVERLAP)[number];

/** The job to submit; a queue that it does not name is looked up each time. */
export type JobTemplate = Omit<JobSpec, 'queue'> & { readonly queue?: string | undefined };

export interface ScheduleSpec extends Timing {
  readonly missed: Missed;
  /** How late a job may still be submitted. */
  readonly startDeadlineMs?: number | undefined;
  readonly overlap: Overlap;
  readonly suspended: boolean;
  readonly job: JobTemplate;
}

export type RunReason =
  | 'Due'
  | 'Triggered'
  /** It passed while nobody looked, and `missed` leaves it out. */
  | 'Missed'
  /** It is past its `startDeadline`. */
  | 'TooLate'
  /** More were missed than are caught up with. */
  | 'TooMany'
  /** A job of the schedule is live, and `overlap` forbids another. */
  | 'Overlap'
  /** The key of the owner is gone. */
  | 'OwnerGone'
  /** The owner may not submit the job any more. */
  | 'Forbidden'
  /** The job was refused: by its queue, its grant, its name. */
  | 'Refused';

export interface RunJob {
  readonly name: string;
  readonly uid: string;
}

/** What became of a due time, or of several that were left out together. */
export interface Run {
  /** The due time, epoch milliseconds; when it was asked for, of one that was triggered. */
  readonly dueAt: number;
  /** The last of several. */
  readonly until?: number | undefined;
  /** How many due times it speaks of; 1 when absent. */
  readonly count?: number | undefined;
  /** When it was decided. */
  readonly at: number;
  readonly outcome: 'submitted' | 'skipped' | 'failed';
  readonly reason: RunReason;
  readonly message: string;
  readonly job?: RunJob | undefined;
}

export interface Schedule {
  readonly uid: string;
  readonly project: string;
  /** Unique in its project; at most `LONGEST_NAME`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: ScheduleSpec;
  /** Who wrote it last: its jobs are submitted on their behalf. */
  readonly owner: Owner;
  /** Grows with each change, also of what became of a due time; the API's `resourceVersion`. */
  readonly version: number;
  readonly createdAt: number;
  /** When it was last written by somebody. */
  readonly updatedAt: number;
  /** The first due time that was not dealt with; absent while it is suspended. */
  readonly nextAt?: number | undefined;
  /** The last due time that was dealt with: no later change brings one up to it back. */
  readonly lastDueAt?: number | undefined;
  /** The last `KEPT_RUNS`, oldest first. */
  readonly runs: readonly Run[];
  /** Jobs of it that had not ended when it was last looked at. */
  readonly live: readonly RunJob[];
}

/** Of one project: what is due does not pass the limits of requests. */
export const MOST_SCHEDULES = 1000;

export const KEPT_RUNS = 20;
/** Of one schedule at a time, so that its row stays small; older ones are forgotten, not ended. */
export const KEPT_LIVE = 1000;

export interface Condition {
  readonly state: 'active' | 'suspended' | 'failing';
  /** One word. */
  readonly reason: string;
  /** A sentence. */
  readonly message: string;
}

/** How it stands: a due time whose job was refused shows until one goes well, also when others are left out since. */
export function conditionOf({ spec, runs, nextAt }: Schedule): Condition {
  if (spec.suspended)
    return { state: 'suspended', reason: 'Suspended', message: 'nothing is due until it is resumed' };
  const last = runs.findLast(({ outcome, reason }) => outcome !== 'skipped' && reason !== 'Triggered');
  if (last?.outcome === 'failed') return { state: 'failing', reason: last.reason, message: last.message };
  const next = nextAt === undefined ? 'no due time is left' : `next due at ${new Date(nextAt).toISOString()}`;
  return { state: 'active', reason: 'Scheduled', message: next };
}
