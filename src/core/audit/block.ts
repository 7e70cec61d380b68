/** A block seals some records of a chain: its hash covers their hashes and the block before it. */
import { type AuditRecord, type Digest, recordHash } from './record.ts';

export interface AuditBlock {
  readonly chain: string;
  /** From 1. */
  readonly height: number;
  /** When it was sealed, epoch milliseconds. */
  readonly at: number;
  /** Hash of the block below; of the first one, `GENESIS`. */
  readonly previous: string;
  readonly hash: string;
  /** Hashes of its records in their order. */
  readonly leaves: readonly string[];
}

/** Where a chain stands. */
export interface ChainHead {
  readonly chain: string;
  readonly height: number;
  readonly hash: string;
}

export const GENESIS = '0'.repeat(64);

/** @param records in their order; not none */
export function makeBlock(
  below: ChainHead,
  { records, at }: { readonly records: readonly AuditRecord[]; readonly at: number },
  digest: Digest,
): AuditBlock {
  const block = {
    chain: below.chain,
    height: below.height + 1,
    at,
    previous: below.hash,
    leaves: records.map((record) => recordHash(record, digest)),
  };
  return { ...block, hash: blockHash(block, digest) };
}

/** `sha256(previous ‖ block)` */
export function blockHash(block: Omit<AuditBlock, 'hash'>, digest: Digest): string {
  const { chain, height, at, previous, leaves } = block;
  return digest(previous + JSON.stringify([chain, height, at, leaves]));
}
