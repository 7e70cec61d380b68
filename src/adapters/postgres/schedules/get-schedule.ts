/** One schedule. */
import { statement } from '../statement.ts';
import { SCHEDULE_COLUMNS, type ScheduleRow, toSchedule } from './schedule-row.ts';

export const getSchedule = statement({
  name: 'schedule_get',
  text: `SELECT ${SCHEDULE_COLUMNS} FROM schedule WHERE project = $1 AND name = $2`,
  values: (of: { project: string; name: string }) => [of.project, of.name],
  row: (row: ScheduleRow) => toSchedule(row),
});
