/** Makes a schedule, unless its project has one of that name. */
import type { Schedule } from '../../../core/schedule/schedule.ts';
import { WAKE_CRON } from '../channels.ts';
import { statement } from '../statement.ts';
import { columnsOf, SCHEDULE_COLUMNS } from './schedule-row.ts';

export const insertSchedule = statement({
  name: 'schedule_insert',
  text: `
    WITH made AS (
      INSERT INTO schedule (${SCHEDULE_COLUMNS})
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
      ON CONFLICT (project, name) DO NOTHING RETURNING uid)
    SELECT ${WAKE_CRON} FROM made`,
  values: (schedule: Schedule) => columnsOf(schedule),
  row: (): true => true,
});
