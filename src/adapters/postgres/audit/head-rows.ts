/** The statements of heads. One server at a time adds one, so that they have an order. */
import type { QueryResultRow } from 'pg';
import type { ChainHead } from '../../../core/audit/block.ts';
import { type Signed, sortedChains } from '../../../core/audit/signed.ts';
import { nothing, statement } from '../statement.ts';

export interface SignedRow extends QueryResultRow {
  readonly number: number;
  readonly body: string;
  readonly key_id: string;
  readonly signature: string;
}

export interface NumberedSigned {
  readonly number: number;
  readonly signed: Signed;
}

export function toSigned({ number, body, key_id, signature }: SignedRow): NumberedSigned {
  return { number, signed: { body, keyId: key_id, signature } };
}

/** Held until the transaction ends. */
export const LOCK_HEADS = 'SELECT pg_advisory_xact_lock(1254867221)';

export const lastHead = statement({
  name: 'audit_last_head',
  text: 'SELECT number, body, key_id, signature FROM audit_head ORDER BY number DESC LIMIT 1',
  values: (_: undefined) => [],
  row: toSigned,
});

export const headsAfter = statement({
  name: 'audit_heads_after',
  text: 'SELECT number, body, key_id, signature FROM audit_head WHERE number > $1 ORDER BY number LIMIT $2',
  values: ({ after, limit }: { after: number; limit: number }) => [after, limit],
  row: toSigned,
});

export const headsBefore = statement({
  name: 'audit_heads_before',
  text: `
    SELECT number, body, key_id, signature FROM audit_head
     WHERE $1::bigint IS NULL OR number < $1 ORDER BY number DESC LIMIT $2`,
  values: ({ before, limit }: { before: number | undefined; limit: number }) => [before ?? null, limit],
  row: toSigned,
});

export const putHead = statement({
  name: 'audit_put_head',
  text: 'INSERT INTO audit_head (number, at, body, key_id, signature) VALUES ($1, $2, $3, $4, $5)',
  values: ({ number, at, signed }: NumberedSigned & { at: number }) => [
    number,
    at,
    signed.body,
    signed.keyId,
    signed.signature,
  ],
  row: nothing,
  unaudited: 'it is the audit itself',
});

interface ChainsRow extends QueryResultRow {
  readonly epoch: string;
  readonly chains: readonly ChainHead[];
}

/** Every chain there is, and the epoch of the store. */
export const allChains = statement({
  name: 'audit_chains',
  text: `
    SELECT epoch, (SELECT coalesce(jsonb_agg(jsonb_build_object('chain', chain, 'height', height, 'hash', hash)), '[]')
                     FROM audit_chain WHERE height > 0) AS chains FROM meta`,
  values: (_: undefined) => [],
  row: ({ epoch, chains }: ChainsRow) => ({ epoch, chains: sortedChains(chains) }),
});
