/**
 * One page of tasks, newest first, live and ended together. Their order is that of their uids, which begin
 * with the time of the submission: the primary keys have it, and no other index is needed.
 */
import type { Job } from '../../../core/job/job.ts';
import type { JobFilter } from '../../../ports/job-store.ts';
import { type Condition, given, type JobListing, labelCondition, numbered } from '../jobs/list-jobs.ts';
import type { Statement } from '../statement.ts';
import { timeOf } from './get-tasks.ts';
import { ENDED_TASK, LIVE_TASK, type TaskRow, toTask } from './task-row.ts';

export function listTasks({ filter, after, limit }: JobListing): Statement<void, TaskRow, Job> {
  const values: unknown[] = [];
  const placeholder = (value: unknown) => `$${values.push(value)}`;
  const where = conditionsOf(filter, after).map((condition) => numbered(condition, placeholder));
  const tail = `${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
    ORDER BY uid DESC LIMIT ${placeholder(limit)}`;
  return {
    text: `(SELECT ${LIVE_TASK} FROM task ${tail})
      UNION ALL (SELECT ${ENDED_TASK} FROM task_history ${tail})
      ORDER BY uid DESC LIMIT $${values.length}`,
    values: () => values,
    row: toTask,
  };
}

function conditionsOf(filter: JobFilter, after: JobListing['after']): Condition[] {
  const found: (Condition | undefined)[] = [
    given(filter.project, (project) => ['project = @v', project]),
    given(filter.projects, (projects) => ['project = ANY (@v::text[])', projects]),
    given(filter.states, (states) => ['state_name = ANY (@v::text[])', states]),
    given(filter.queue, (queue) => ['queue = @v', queue]),
    given(filter.type, (type) => ['type = @v', type]),
    given(filter.handler, (handler) => ['handler = @v', handler]),
    given(filter.createdAfter, (from) => ['uid >= @v::uuid', firstUid(Math.ceil(from))]),
    given(filter.createdBefore, (to) => ['uid < @v::uuid', firstUid(Math.floor(to) + 1)]),
    given(after, (position) => ['uid < @v::uuid', boundOf(position)]),
    ...(filter.labels ?? []).map((test) => labelCondition(test, "coalesce(labels, '{}')")),
  ];
  return found.filter((condition) => condition !== undefined);
}

/** The smallest uid that a time can have. */
function firstUid(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** A page may have ended with a job, whose time need not be that of its uid: it was redriven. */
function boundOf([time, uid]: NonNullable<JobListing['after']>): string {
  const own = timeOf(uid);
  if (own === time) return uid;
  return firstUid(own > time ? time + 1 : time);
}
