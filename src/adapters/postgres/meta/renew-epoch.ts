/**
 * A new epoch when the database is not the one that the old epoch was made for; its event cursors end.
 *
 * A dump that is restored brings transaction ids that are yet to come here. Its events are given this
 * transaction's, or they would be told as new when the counter reaches them.
 */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';
import { INCARNATION, NEW_EPOCH } from './incarnation.ts';

interface EpochRow extends QueryResultRow {
  readonly epoch: string;
}

export const renewEpoch = statement({
  name: 'meta_renew_epoch',
  text: `
    WITH renewed AS (
      UPDATE meta SET incarnation = now_in.carnation, epoch = ${NEW_EPOCH}, dropped_xid = '0', dropped_seq = 0
        FROM (SELECT ${INCARNATION} AS carnation) AS now_in
       WHERE meta.incarnation IS DISTINCT FROM now_in.carnation
      RETURNING epoch
    ), brought AS (
      UPDATE event SET xid = pg_current_xact_id() FROM renewed WHERE xid > pg_current_xact_id()
    )
    SELECT epoch FROM renewed`,
  values: (_: undefined) => [],
  row: ({ epoch }: EpochRow) => epoch,
  unaudited: 'it is noted in every signed head',
});

export const hasSchema = statement({
  text: `SELECT to_regclass('meta') IS NOT NULL AS has_schema`,
  values: (_: undefined) => [],
  row: (row: { has_schema: boolean }) => row.has_schema,
});
