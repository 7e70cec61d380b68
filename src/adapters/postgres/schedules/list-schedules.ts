/** A page of schedules by project and name. Not named: as with jobs, one plan can not suit every filter. */
import type { Schedule } from '../../../core/schedule/schedule.ts';
import type { ScheduleFilter } from '../../../ports/schedule-store.ts';
import { type Condition, given, labelCondition, numbered } from '../jobs/list-jobs.ts';
import type { Statement } from '../statement.ts';
import { SCHEDULE_COLUMNS, type ScheduleRow, toSchedule } from './schedule-row.ts';

export interface ScheduleListing {
  readonly filter: ScheduleFilter;
  readonly after: readonly [project: string, name: string];
  readonly limit: number;
}

export function listSchedules({
  filter,
  after,
  limit,
}: ScheduleListing): Statement<void, ScheduleRow, Schedule> {
  const values: unknown[] = [];
  const placeholder = (value: unknown) => `$${values.push(value)}`;
  const where = conditionsOf(filter, after).map((condition) => numbered(condition, placeholder));
  return {
    text: `SELECT ${SCHEDULE_COLUMNS} FROM schedule WHERE ${where.join(' AND ')}
      ORDER BY project, name LIMIT ${placeholder(limit)}`,
    values: () => values,
    row: toSchedule,
  };
}

function conditionsOf(filter: ScheduleFilter, after: ScheduleListing['after']): Condition[] {
  const found: (Condition | undefined)[] = [
    ['(project, name) > (@v::text, @v::text)', ...after],
    given(filter.project, (project) => ['project = @v', project]),
    given(filter.projects, (projects) => ['project = ANY (@v::text[])', projects]),
    ...(filter.labels ?? []).map((test) => labelCondition(test)),
  ];
  return found.filter((condition) => condition !== undefined);
}
