/**
 * Replaces a schedule that still has the version that the change was decided on. Of what was submitted with
 * it, the submission is the record; any other change is one itself.
 */
import type { QueryResultRow } from 'pg';
import type { Schedule } from '../../../core/schedule/schedule.ts';
import { WAKE_CRON } from '../channels.ts';
import { type Statement, statement } from '../statement.ts';
import { columnsOf, SCHEDULE_COLUMNS } from './schedule-row.ts';

export interface Replacing {
  readonly schedule: Schedule;
  readonly from: number;
}

const REPLACE = `
  UPDATE schedule SET (${SCHEDULE_COLUMNS}) = ROW ($1::uuid, $2::text, $3::text, $4::jsonb, $5::jsonb,
      $6::jsonb, $7::integer, $8::bigint, $9::bigint, $10::bigint, $11::bigint, $12::jsonb, $13::jsonb)
   WHERE uid = $1 AND version = $14 RETURNING uid`;

const parts: Pick<Statement<Replacing, QueryResultRow, true>, 'values' | 'row'> = {
  values: ({ schedule, from }) => [...columnsOf(schedule), from],
  row: () => true,
};

/** Its next due time may be another now. */
export const applySchedule = statement({
  name: 'schedule_apply',
  text: `WITH replaced AS (${REPLACE}) SELECT ${WAKE_CRON} FROM replaced`,
  ...parts,
});

/** Whoever does it knows what is due next. */
export const fireSchedule = statement({
  name: 'schedule_fire',
  text: REPLACE,
  unaudited: 'the submission that it belongs to is recorded',
  ...parts,
});
