/** Where the store stands: its epoch, the oldest kept event and this moment. */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';
import type { Position } from './event-cursor.ts';

export interface StorePosition {
  readonly epoch: string;
  readonly start: Position;
  readonly now: Position;
}

interface PositionRow extends QueryResultRow {
  readonly epoch: string;
  readonly dropped_xid: string;
  readonly dropped_seq: string;
  readonly horizon: string;
}

export const storePosition = statement({
  name: 'event_store_position',
  text: `
    SELECT epoch, dropped_xid, dropped_seq::text AS dropped_seq,
           pg_snapshot_xmin(pg_current_snapshot()) AS horizon
      FROM meta`,
  values: (_: undefined) => [],
  row: (row: PositionRow): StorePosition => ({
    epoch: row.epoch,
    start: { xid: row.dropped_xid, seq: row.dropped_seq },
    now: { xid: row.horizon, seq: '0' },
  }),
});
