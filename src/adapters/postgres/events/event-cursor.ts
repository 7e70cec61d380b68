/**
 * Where a reader of events stands: (store epoch, transaction id, sequence), as text. Transaction ids
 * order commits only below the oldest transaction that still runs; see `events-after.ts`.
 */
import { Refused } from '../../../core/errors/refused.ts';

/** Both are 64-bit: as text, because a transaction id need not fit a number. */
export interface Position {
  readonly xid: string;
  readonly seq: string;
}

const CURSOR = /^([0-9a-f]{16})\.(\d{1,20})\.(\d{1,19})$/;
const MAX_XID = 2n ** 64n - 1n;
const MAX_SEQ = 2n ** 63n - 1n;

export function cursorText(epoch: string, { xid, seq }: Position): string {
  return `${epoch}.${xid}.${seq}`;
}

/** @throws Refused `cursor.expired` when it is not one of this store's. */
export function parseCursor(text: string): Position & { readonly epoch: string } {
  const [, epoch, xid, seq] = CURSOR.exec(text) ?? [];
  if (epoch === undefined || xid === undefined || seq === undefined) throw new Refused('cursor.expired');
  if (BigInt(xid) > MAX_XID || BigInt(seq) > MAX_SEQ) throw new Refused('cursor.expired');
  return { epoch, xid, seq };
}

export function isBefore(a: Position, b: Position): boolean {
  const [first, second] = [BigInt(a.xid), BigInt(b.xid)];
  return first === second ? BigInt(a.seq) < BigInt(b.seq) : first < second;
}
