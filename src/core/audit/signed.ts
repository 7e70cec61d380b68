/**
 * What is signed with a key that is kept outside the database: heads over all chains, so that a cut
 * tail or a missing chain is found; the proof of what retention dropped; the end of an export.
 * The text that was signed is kept as it is, and read only after its signature was checked.
 */
import type { ChainHead } from './block.ts';
import type { Digest } from './record.ts';

export interface Signed {
  readonly body: string;
  /** Thumbprint of the public key. */
  readonly keyId: string;
  /** Ed25519 of the body, base64url. */
  readonly signature: string;
}

export interface Head {
  readonly type: 'head';
  /** From 1, without gaps. */
  readonly number: number;
  readonly at: number;
  /** Of the store: a restored database has a new one. */
  readonly epoch: string;
  /** Every chain there is. */
  readonly chains: readonly ChainHead[];
  /** Digest of the body of the head before; null of the first. */
  readonly previous: string | null;
}

/** Everything up to here was dropped because of its age. */
export interface Retention {
  readonly type: 'retention';
  readonly at: number;
  /** The last dropped block of each chain. */
  readonly chains: readonly ChainHead[];
  /** The last dropped head, with the digest of its body. */
  readonly head: { readonly number: number; readonly digest: string };
}

export interface ExportEnd {
  readonly type: 'end';
  readonly at: number;
  /** Lines before this one. */
  readonly lines: number;
  /** Number of the last head that the exporting server keeps outside the database. */
  readonly head: number;
}

export type SignedBody = Head | Retention | ExportEnd;

/** Undefined for what is no such body, whatever it is. */
export function readBody<T extends SignedBody['type']>(
  { body }: Signed,
  type: T,
): Extract<SignedBody, { type: T }> | undefined {
  try {
    const read = JSON.parse(body) as Extract<SignedBody, { type: T }>;
    return read?.type === type ? read : undefined;
  } catch {
    return undefined;
  }
}

/** Chains in one order, so that equal heads are equal texts. */
export function sortedChains(chains: readonly ChainHead[]): ChainHead[] {
  return chains
    .map(({ chain, height, hash }) => ({ chain, height, hash }))
    .sort((a, b) => (a.chain < b.chain ? -1 : 1));
}

/** What a head says, to be signed. @param previous the head before, if there is one */
export function headBody(
  of: Pick<Head, 'number' | 'at' | 'epoch' | 'chains'>,
  previous: Signed | undefined,
  digest: Digest,
): string {
  const { number, at, epoch, chains } = of;
  const before = previous ? digest(previous.body) : null;
  const head: Head = { type: 'head', number, at, epoch, chains, previous: before };
  return JSON.stringify(head);
}
