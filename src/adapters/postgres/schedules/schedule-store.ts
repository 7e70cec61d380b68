/**
 * The `ScheduleStore` port over PostgreSQL. A due time that is run is one transaction: the schedule moves on,
 * and the job is there. So it comes once, whatever is killed when, and however many servers try.
 */
import type { RunJob, Schedule } from '../../../core/schedule/schedule.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import type {
  ScheduleApplied,
  ScheduleChange,
  ScheduleFilter,
  ScheduleInserted,
  ScheduleStore,
} from '../../../ports/schedule-store.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Database, Queryable } from '../database.ts';
import type { JobsInside } from '../jobs/job-store.ts';
import { cutPage } from '../paging.ts';
import { codeOf } from '../unavailable.ts';
import { applySchedule, fireSchedule } from './apply-schedule.ts';
import { dueSchedules } from './due-schedules.ts';
import { getSchedule } from './get-schedule.ts';
import { holdLease } from './hold-lease.ts';
import { insertSchedule } from './insert-schedule.ts';
import { listSchedules } from './list-schedules.ts';
import { liveJobs } from './live-jobs.ts';
import { nextDue } from './next-due.ts';
import { removeSchedule } from './remove-schedule.ts';

/** Two writes that locked the same rows in another order. */
const DEADLOCK = '40P01';
const MAX_TRIES = 5;

export class PostgresSchedules implements ScheduleStore {
  readonly #db: Database;
  readonly #jobs: JobsInside;

  constructor(db: Database, jobs: JobsInside) {
    this.#db = db;
    this.#jobs = jobs;
  }

  async insert(schedule: Schedule, most: number): Promise<ScheduleInserted> {
    return (await this.#db.one(insertSchedule, { schedule, most }))!;
  }

  get(project: string, name: string): Promise<Schedule | undefined> {
    return this.#db.one(getSchedule, { project, name });
  }

  async list(filter: ScheduleFilter, { cursor, limit }: Page): Promise<PageOf<Schedule>> {
    const after: ScheduleKey = cursor === undefined ? ['', ''] : decodeCursor(cursor, isScheduleKey);
    const rows = await this.#db.run(listSchedules({ filter, after, limit: limit + 1 }), undefined);
    return cutPage(rows, limit, (last) => encodeCursor([last.project, last.name]));
  }

  async apply(change: ScheduleChange): Promise<ScheduleApplied> {
    const applied = await this.#tried(change, MAX_TRIES);
    if (applied === 'applied' && change.job) this.#jobs.tellInserted(change.job);
    return applied;
  }

  async remove(project: string, name: string): Promise<boolean> {
    return (await this.#db.one(removeSchedule, { project, name })) === true;
  }

  async due(now: number, limit: number): Promise<{ items: readonly Schedule[]; nextAt?: number }> {
    const items = await this.#db.run(dueSchedules, { now, limit });
    const nextAt = await this.#db.one(nextDue, now);
    return nextAt === undefined ? { items } : { items, nextAt };
  }

  async live(jobs: readonly RunJob[]): Promise<readonly RunJob[]> {
    if (jobs.length === 0) return jobs;
    const uids = new Set(
      await this.#db.run(
        liveJobs,
        jobs.map(({ uid }) => uid),
      ),
    );
    return jobs.filter(({ uid }) => uids.has(uid));
  }

  async #tried(change: ScheduleChange, tries: number): Promise<ScheduleApplied> {
    try {
      return await this.#db.transaction('BEGIN', (on) => this.#applyOn(on, change));
    } catch (error) {
      if (error instanceof JobTaken) return 'job-taken';
      if (codeOf(error) !== DEADLOCK || tries <= 1) throw error;
      return this.#tried(change, tries - 1);
    }
  }

  async #applyOn(
    on: Queryable,
    { schedule, from, job, lease }: ScheduleChange,
  ): Promise<'applied' | 'moved-on'> {
    if (lease && !(await on.one(holdLease, lease))) return 'moved-on';
    if (!(await on.one(job ? fireSchedule : applySchedule, { schedule, from }))) return 'moved-on';
    if (job && !(await this.#jobs.insertInside(on, job))) throw new JobTaken();
    return 'applied';
  }
}

/** Takes back what the transaction has done so far. */
class JobTaken extends Error {}

type ScheduleKey = readonly [project: string, name: string];

function isScheduleKey(parts: readonly unknown[]): parts is ScheduleKey {
  return parts.length === 2 && parts.every((part) => typeof part === 'string');
}
