/**
 * One page of jobs, newest first, live and ended together. The text is put together from the
 * fixed conditions below and numbered parameters; nothing that a user wrote is ever part of it. It has
 * no name: the planner is to see the values, since one plan can't suit every filter.
 */

import type { Job } from '../../../core/job/job.ts';
import type { JobFilter } from '../../../ports/job-store.ts';
import type { LabelTest } from '../../../ports/page.ts';
import { jsonText } from '../json-text.ts';
import type { Statement } from '../statement.ts';
import { ENDED_JOB, type JobRow, LIVE_JOB, toJob } from './job-row.ts';

export interface JobListing {
  readonly filter: JobFilter;
  readonly after?: readonly [createdAt: number, uid: string] | undefined;
  readonly limit: number;
}

/** A condition and its parameters; `@v` stands for each in turn. */
export type Condition = readonly [text: string, ...values: unknown[]];

export function listJobs({ filter, after, limit }: JobListing): Statement<void, JobRow, Job> {
  const values: unknown[] = [];
  const placeholder = (value: unknown) => `$${values.push(value)}`;
  const where = conditionsOf(filter, after).map((condition) => numbered(condition, placeholder));
  const tail = `${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
    ORDER BY created_at DESC, uid DESC LIMIT ${placeholder(limit)}`;
  return {
    text: `(SELECT ${LIVE_JOB} FROM job ${tail})
      UNION ALL (SELECT ${ENDED_JOB} FROM job_history ${tail})
      ORDER BY created_at DESC, uid DESC LIMIT $${values.length}`,
    values: () => values,
    row: toJob,
  };
}

function conditionsOf(filter: JobFilter, after: JobListing['after']): Condition[] {
  const found: (Condition | undefined)[] = [
    given(filter.project, (project) => ['project = @v', project]),
    given(filter.projects, (projects) => ['project = ANY (@v::text[])', projects]),
    given(filter.states, (states) => ['state_name = ANY (@v::text[])', states]),
    given(filter.queue, (queue) => ['queue = @v', queue]),
    given(filter.type, (type) => ['type = @v', type]),
    given(filter.createdAfter, (from) => ['created_at >= @v', Math.ceil(from)]),
    given(filter.createdBefore, (to) => ['created_at <= @v', Math.floor(to)]),
    given(after, ([createdAt, uid]) => ['(created_at, uid) < (@v::bigint, @v::uuid)', createdAt, uid]),
    ...(filter.labels ?? []).map((test) => labelCondition(test)),
  ];
  return found.filter((condition) => condition !== undefined);
}

/** As in Kubernetes: `differs` also holds for what does not have the label. */
export function labelCondition({ key, op, value }: LabelTest, labels = 'labels'): Condition {
  const pair = jsonText({ [key]: value });
  switch (op) {
    case 'equals':
      return [`${labels} @> @v::jsonb`, pair];
    case 'differs':
      return [`NOT ${labels} @> @v::jsonb`, pair];
    case 'exists':
      return [`${labels} ? @v::text`, key];
    case 'absent':
      return [`NOT ${labels} ? @v::text`, key];
  }
}

export function given<T>(value: T | undefined, condition: (value: T) => Condition): Condition | undefined {
  return value === undefined ? undefined : condition(value);
}

export function numbered([text, ...values]: Condition, placeholder: (value: unknown) => string): string {
  const rest = values[Symbol.iterator]();
  return text.replaceAll('@v', () => placeholder(rest.next().value));
}
