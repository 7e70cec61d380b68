/** The statements of an export: each chain from below, some blocks at a time with their records. */
import type { QueryResultRow } from 'pg';
import type { AuditBlock } from '../../../core/audit/block.ts';
import { statement } from '../statement.ts';
import { RECORD_COLUMNS, type RecordRow, toRecord } from './record-row.ts';

export interface Stretch {
  readonly chain: string;
  /** Exclusive. */
  readonly above: number;
  /** Inclusive. */
  readonly upTo: number;
}

/** Also chains of which only records or blocks are left: they are what a verifier has to see. */
export const exportedChains = statement({
  name: 'audit_export_chains',
  text: `
    SELECT chain, max(height) AS top, min(height) AS bottom FROM (
      SELECT chain, height FROM audit_block
      UNION ALL SELECT chain, max(height) FROM audit_record WHERE height IS NOT NULL GROUP BY chain
      UNION ALL SELECT chain, min(height) FROM audit_record WHERE height IS NOT NULL GROUP BY chain) AS all_heights
     GROUP BY chain ORDER BY chain`,
  values: (_: undefined) => [],
  row: (row: QueryResultRow & { chain: string; top: number; bottom: number }) => row,
});

export const blocksOf = statement({
  name: 'audit_export_blocks',
  text: `
    SELECT chain, height, at, previous, hash, leaves FROM audit_block
     WHERE chain = $1 AND height > $2 AND height <= $3 ORDER BY height`,
  values: ({ chain, above, upTo }: Stretch) => [chain, above, upTo],
  row: ({ chain, height, at, previous, hash, leaves }: QueryResultRow & AuditBlock): AuditBlock => ({
    chain,
    height,
    at,
    previous,
    hash,
    leaves,
  }),
});

export const recordsOf = statement({
  name: 'audit_export_records',
  text: `
    SELECT ${RECORD_COLUMNS} FROM audit_record
     WHERE chain = $1 AND height > $2 AND height <= $3 ORDER BY height, place, id`,
  values: ({ chain, above, upTo }: Stretch) => [chain, above, upTo],
  row: (row: RecordRow) => toRecord(row),
});

export const notSealed = statement({
  name: 'audit_export_unsealed',
  text: `SELECT ${RECORD_COLUMNS} FROM audit_record WHERE height IS NULL ORDER BY chain, id`,
  values: (_: undefined) => [],
  row: (row: RecordRow) => toRecord(row),
});
