/** The statements of sealing one chain, under the lock of its row: two sealers make no fork. */
import type { QueryResultRow } from 'pg';
import type { AuditBlock, ChainHead } from '../../../core/audit/block.ts';
import { GENESIS } from '../../../core/audit/block.ts';
import { nothing, statement } from '../statement.ts';
import { RECORD_COLUMNS, type RecordRow, toRecord } from './record-row.ts';

const unaudited = 'it is the audit itself';

export const unsealedChains = statement({
  name: 'audit_unsealed_chains',
  text: 'SELECT DISTINCT chain FROM audit_record WHERE height IS NULL',
  values: (_: undefined) => [],
  row: (row: QueryResultRow & { chain: string }) => row.chain,
});

export const beginChain = statement({
  name: 'audit_begin_chain',
  text: `INSERT INTO audit_chain (chain, height, hash) VALUES ($1, 0, '${GENESIS}') ON CONFLICT DO NOTHING`,
  values: (chain: string) => [chain],
  row: nothing,
  unaudited,
});

/** Nothing while another server seals it. */
export const lockChain = statement({
  name: 'audit_lock_chain',
  text: 'SELECT chain, height, hash FROM audit_chain WHERE chain = $1 FOR UPDATE SKIP LOCKED',
  values: (chain: string) => [chain],
  row: (row: QueryResultRow & ChainHead): ChainHead => ({
    chain: row.chain,
    height: row.height,
    hash: row.hash,
  }),
});

/** Without their items, which are covered by their digest, and long. */
export const unsealedRecords = statement({
  name: 'audit_unsealed',
  text: `
    SELECT ${RECORD_COLUMNS.replace('items', "'{}'::text[] AS items")} FROM audit_record
     WHERE chain = $1 AND height IS NULL ORDER BY id LIMIT $2`,
  values: ({ chain, limit }: { chain: string; limit: number }) => [chain, limit],
  row: (row: RecordRow) => toRecord(row),
});

export const placeRecords = statement({
  name: 'audit_place',
  text: `
    UPDATE audit_record r SET height = $2, place = p.place - 1
      FROM unnest($1::bigint[]) WITH ORDINALITY AS p (id, place) WHERE r.id = p.id`,
  values: ({ ids, height }: { ids: readonly number[]; height: number }) => [ids, height],
  row: nothing,
  unaudited,
});

export const putBlock = statement({
  name: 'audit_put_block',
  text: `
    WITH moved AS (UPDATE audit_chain SET height = $2, hash = $5 WHERE chain = $1)
    INSERT INTO audit_block (chain, height, at, previous, hash, leaves) VALUES ($1, $2, $3, $4, $5, $6)`,
  values: ({ chain, height, at, previous, hash, leaves }: AuditBlock) => [
    chain,
    height,
    at,
    previous,
    hash,
    leaves,
  ],
  row: nothing,
  unaudited,
});
