/** Where schedules are kept. What is due is submitted together with the note that it was: both, or neither. */
import type { Transition } from '../core/job/transition.ts';
import type { RunJob, Schedule } from '../core/schedule/schedule.ts';
import type { LabelTest, Page, PageOf } from './page.ts';
import type { SchedulerLease } from './scheduler-store.ts';

export interface ScheduleFilter {
  readonly project?: string | undefined;
  /** Only of these: those that who asks may see. */
  readonly projects?: readonly string[] | undefined;
  readonly labels?: readonly LabelTest[] | undefined;
}

export interface ScheduleChange {
  /** As it is to be. */
  readonly schedule: Schedule;
  /** The version that it was decided on. */
  readonly from: number;
  /** What is submitted by it. */
  readonly job?: Transition | undefined;
  /** Nothing is changed when it is over. Absent: somebody asked for the change. */
  readonly lease?: Pick<SchedulerLease, 'holder' | 'epoch'> | undefined;
}

/**
 * `moved-on`: the schedule has another version, or the lease is over. `job-taken`: a live job has the name of
 * the new one, or holds its unique key. Nothing was changed in either case.
 */
export type ScheduleApplied = 'applied' | 'moved-on' | 'job-taken';

/** `name-taken`: the project has one of that name. `too-many`: it has as many as it may. */
export type ScheduleInserted = 'inserted' | 'name-taken' | 'too-many';

export interface ScheduleStore {
  /** @param most of one project */
  insert(schedule: Schedule, most: number): Promise<ScheduleInserted>;
  get(project: string, name: string): Promise<Schedule | undefined>;
  /** By project and name. */
  list(filter: ScheduleFilter, page: Page): Promise<PageOf<Schedule>>;
  apply(change: ScheduleChange): Promise<ScheduleApplied>;
  /** False when it is not there. Its jobs stay. */
  remove(project: string, name: string): Promise<boolean>;
  /** Those whose next due time has come, earliest first, and when the first of the others is due. */
  due(now: number, limit: number): Promise<{ readonly items: readonly Schedule[]; readonly nextAt?: number }>;
  /** Those of the jobs that have not ended. */
  live(jobs: readonly RunJob[]): Promise<readonly RunJob[]>;
}
