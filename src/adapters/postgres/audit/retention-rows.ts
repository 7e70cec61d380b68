/** The statements of retention: what is old enough, the signed proof of it, and its removal. */
import type { QueryResultRow } from 'pg';
import type { ChainHead } from '../../../core/audit/block.ts';
import type { Signed } from '../../../core/audit/signed.ts';
import { nothing, statement } from '../statement.ts';
import { type SignedRow, toSigned } from './head-rows.ts';

const unaudited = 'its signed proof is the record';

/** Of each chain the last block below the first one that is to stay. The newest block of a chain always stays. */
export const oldBlocks = statement({
  name: 'audit_old_blocks',
  text: `
    SELECT b.chain, b.height, b.hash FROM audit_chain c
      JOIN LATERAL (
        SELECT chain, height, hash FROM audit_block o
         WHERE o.chain = c.chain AND o.height < least(c.height, coalesce(
           (SELECT min(k.height) FROM audit_block k WHERE k.chain = c.chain AND k.at >= $1), c.height))
         ORDER BY height DESC LIMIT 1) AS b ON true`,
  values: (before: number) => [before],
  row: ({ chain, height, hash }: QueryResultRow & ChainHead): ChainHead => ({ chain, height, hash }),
});

/** The last head that is old; the newest head always stays. */
export const oldHead = statement({
  name: 'audit_old_head',
  text: `
    SELECT number, body, key_id, signature FROM audit_head
     WHERE at < $1 AND number < (SELECT max(number) FROM audit_head) ORDER BY number DESC LIMIT 1`,
  values: (before: number) => [before],
  row: toSigned,
});

export const lastRetention = statement({
  name: 'audit_last_retention',
  text: 'SELECT number, body, key_id, signature FROM audit_retention ORDER BY number DESC LIMIT 1',
  values: (_: undefined) => [],
  row: (row: SignedRow): Signed => toSigned(row).signed,
});

export const putRetention = statement({
  name: 'audit_put_retention',
  text: 'INSERT INTO audit_retention (body, key_id, signature) VALUES ($1, $2, $3)',
  values: ({ body, keyId, signature }: Signed) => [body, keyId, signature],
  row: nothing,
  unaudited,
});

export const dropBlocks = statement({
  name: 'audit_drop_blocks',
  text: `
    WITH records AS (DELETE FROM audit_record WHERE chain = $1 AND height <= $2)
    DELETE FROM audit_block WHERE chain = $1 AND height <= $2`,
  values: ({ chain, height }: ChainHead) => [chain, height],
  row: nothing,
  unaudited,
});

export const dropHeads = statement({
  name: 'audit_drop_heads',
  text: 'DELETE FROM audit_head WHERE number <= $1',
  values: (number: number) => [number],
  row: nothing,
  unaudited,
});
