/** Makes a schedule, unless its project has one of that name, or as many as it may. */
import type { QueryResultRow } from 'pg';
import type { Schedule } from '../../../core/schedule/schedule.ts';
import type { ScheduleInserted } from '../../../ports/schedule-store.ts';
import { CHANNELS } from '../channels.ts';
import { statement } from '../statement.ts';
import { columnsOf, SCHEDULE_COLUMNS } from './schedule-row.ts';

interface Inserting {
  readonly schedule: Schedule;
  readonly most: number;
}

interface InsertRow extends QueryResultRow {
  readonly made: boolean;
  readonly full: boolean;
}

/** Two at the same moment may both be the last one. */
export const insertSchedule = statement({
  name: 'schedule_insert',
  text: `
    WITH there AS MATERIALIZED (SELECT count(*) >= $14 AS full FROM schedule WHERE project = $2),
    made AS (
      INSERT INTO schedule (${SCHEDULE_COLUMNS})
      SELECT $1::uuid, $2::text, $3::text, $4::jsonb, $5::jsonb, $6::jsonb, $7::integer, $8::bigint, $9::bigint,
             $10::bigint, $11::bigint, $12::jsonb, $13::jsonb
        FROM there WHERE NOT "full"
      ON CONFLICT (project, name) DO NOTHING RETURNING uid
    ), told AS MATERIALIZED (SELECT pg_notify('${CHANNELS.cron}', '') FROM made)
    SELECT "full", EXISTS (SELECT FROM told) AS made FROM there`,
  values: ({ schedule, most }: Inserting) => [...columnsOf(schedule), most],
  row: ({ made, full }: InsertRow): ScheduleInserted =>
    made ? 'inserted' : full ? 'too-many' : 'name-taken',
  changed: ([answer]) => answer === 'inserted',
});
