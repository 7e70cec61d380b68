/**
 * What the audit keeps: one record for each committed change, cluster read, audit read, sign-in, or
 * window of refusals. It names what was touched and by whom; of the input it has only a digest and the
 * names of the fields, never a value (invariant 9).
 */
import type { PrincipalKind } from '../access/principal.ts';

/** SHA-256 of UTF-8 text, in hexadecimal. */
export type Digest = (text: string) => string;

export type AuditEffect = 'change' | 'read' | 'sign-in' | 'refusal';

/** Who does what, as it is known before it is done. */
export interface AuditEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly principal: string;
  readonly kind: PrincipalKind | 'anonymous';
  readonly operation: string;
  readonly effect: AuditEffect;
  /** `done`, or the code of the refusal. */
  readonly outcome?: string | undefined;
  readonly project?: string | undefined;
  /** Name or uid of what the operation is about. */
  readonly target?: string | undefined;
  readonly request?: string | undefined;
  /** Network address that the request came from. */
  readonly address?: string | undefined;
  /** Digest of the whole input. */
  readonly input?: string | undefined;
  /** Names of the input's fields. */
  readonly fields?: readonly string[] | undefined;
}

/** What one committed item of a group was about, where it is more than the entry says. */
export interface AuditItem {
  readonly project?: string | undefined;
  readonly name?: string | undefined;
  readonly uid?: string | undefined;
  /** The state that a job came into. */
  readonly state?: string | undefined;
}

export interface AuditRecord {
  readonly id: number;
  readonly at: number;
  /** Of the replica that wrote it. */
  readonly chain: string;
  readonly principal: string;
  readonly kind: string;
  readonly operation: string;
  readonly effect: string;
  readonly outcome: string;
  readonly project?: string | undefined;
  /** How many operations it stands for. */
  readonly count: number;
  /** Made by `itemLine`, one for each operation (of refusals: one for each operation and code). */
  readonly items: readonly string[];
  /** `itemsDigest` of them. */
  readonly digest: string;
  /** The block that seals it; absent for less than a second. */
  readonly height?: number | undefined;
  /** From 0, within the block. */
  readonly place?: number | undefined;
}

/** JSON text; kept as text, so that its digest is of exactly these bytes. */
export function itemLine(entry: AuditEntry, item: AuditItem = {}): string {
  const { request, address, input, fields } = entry;
  const name = item.name ?? entry.target;
  return JSON.stringify({
    ...item,
    project: item.project ?? entry.project,
    name,
    request,
    address,
    input,
    fields,
  });
}

export function itemsDigest(items: readonly string[], digest: Digest): string {
  return digest(items.join('\n'));
}

/** The items are covered through their digest. */
export function recordHash(record: AuditRecord, digest: Digest): string {
  const { id, at, chain, principal, kind, operation, effect, outcome, project = null, count } = record;
  return digest(
    JSON.stringify([
      id,
      at,
      chain,
      principal,
      kind,
      operation,
      effect,
      outcome,
      project,
      count,
      record.digest,
    ]),
  );
}

/** An entry of what the server does by itself. */
export function systemEntry(part: string, operation: string, at: number): AuditEntry {
  return { at, principal: `system/${part}`, kind: 'system', operation, effect: 'change' };
}
