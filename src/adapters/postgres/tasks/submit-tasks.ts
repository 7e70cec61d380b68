/**
 * Stores new tasks that stand alone: no name, no unique key, no dependency. One whose idempotency key is
 * known already is left out; who submitted it looks up what it stands for. One statement, one commit.
 */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';
import { Speakers } from './speakers.ts';
import { INSERT_TASK, type NewTask, SUBMITTED, submittedColumns } from './task-columns.ts';
import { auditOf, blocksOf } from './told.ts';

interface StoredRow extends QueryResultRow {
  readonly uids: readonly string[] | null;
}

export interface Submitting {
  readonly tasks: readonly NewTask[];
  readonly now: number;
}

const NOW = '$29::bigint';

/** The uids that were stored; `undefined` when all of them were, which is nearly always. */
export const submitTasks = statement<Submitting, StoredRow, ReadonlySet<string> | undefined>({
  name: 'task_submit',
  text: `
    WITH speakers AS MATERIALIZED (SELECT * FROM ${Speakers.of(25)}),
    input AS MATERIALIZED (${SUBMITTED}),
    keyed AS (
      INSERT INTO idempotency_key (principal, key, digest, uid, created_at)
      SELECT principal, key, digest, uid, created_at FROM input WHERE key IS NOT NULL ORDER BY principal, key
      ON CONFLICT DO NOTHING
      RETURNING uid
    ), fresh AS MATERIALIZED (
      SELECT * FROM input WHERE key IS NULL OR (uid IN (SELECT uid FROM keyed)) IS TRUE
    ), stored AS (
      ${INSERT_TASK} FROM fresh
    ), changed AS MATERIALIZED (
      SELECT uid, name, project, who, 'pending' AS state_name, 'Submitted' AS reason,
             'submitted by ' || principal || ', queued in ' || queue || ' with priority ' || priority AS message
        FROM fresh
    ), told AS (${blocksOf('changed', NOW)}),
    audited AS (${auditOf('changed', NOW)})
    SELECT CASE WHEN (SELECT count(*) FROM fresh) < (SELECT count(*) FROM input)
                THEN ARRAY(SELECT uid::text FROM fresh) END AS uids`,
  values: ({ tasks, now }) => [...submittedColumns(tasks), Math.ceil(now)],
  row: ({ uids }) => (uids === null ? undefined : new Set(uids)),
  unaudited: 'it inserts its records itself',
});
