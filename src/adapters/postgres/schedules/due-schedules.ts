/** Schedules whose next due time has come, earliest first. */
import { statement } from '../statement.ts';
import { SCHEDULE_COLUMNS, type ScheduleRow, toSchedule } from './schedule-row.ts';

export const dueSchedules = statement({
  name: 'schedule_due',
  text: `SELECT ${SCHEDULE_COLUMNS} FROM schedule WHERE next_at <= $1 ORDER BY next_at LIMIT $2`,
  values: (by: { now: number; limit: number }) => [Math.floor(by.now), by.limit],
  row: (row: ScheduleRow) => toSchedule(row),
});
