/** A small audit trail: chains of sealed records under signed heads, as an export has it. */
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { type AuditBlock, type ChainHead, GENESIS, makeBlock } from '../block.ts';
import type { ExportLine } from '../export-line.ts';
import { type AuditRecord, itemLine, itemsDigest, systemEntry } from '../record.ts';
import { headBody, type Signed } from '../signed.ts';
import { type Verdict, Verification } from '../verify.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A key pair of a test's own. */
export class Signer {
  readonly keyId: string;
  readonly #pair = generateKeyPairSync('ed25519');

  constructor(keyId = 'k1') {
    this.keyId = keyId;
  }

  sign = (body: string): Signed => ({
    body,
    keyId: this.keyId,
    signature: sign(null, Buffer.from(body), this.#pair.privateKey).toString('base64url'),
  });

  signedBy = ({ body, keyId, signature }: Signed): boolean | undefined =>
    keyId === this.keyId
      ? verify(null, Buffer.from(body), this.#pair.publicKey, Buffer.from(signature, 'base64url'))
      : undefined;
}

export interface Trail {
  readonly signer: Signer;
  readonly heads: readonly Signed[];
  readonly lines: readonly ExportLine[];
}

export const AT = Date.UTC(2026, 0, 5, 12);

/** @param chains blocks of each chain, and the records of each block */
export function aTrail(
  chains: Readonly<Record<string, readonly number[]>> = { a: [2, 3, 1], b: [1, 2] },
): Trail {
  const signer = new Signer();
  const content: ExportLine[] = [];
  const tops: ChainHead[] = [];
  const heads: Signed[] = [];
  let id = 0;
  for (const [chain, sizes] of Object.entries(chains)) {
    let below: ChainHead = { chain, height: 0, hash: GENESIS };
    for (const size of sizes) {
      const records = Array.from({ length: size }, () => aRecord(++id, chain));
      const block = makeBlock(below, { records, at: AT }, sha256);
      content.push({ type: 'block', ...block }, ...placed(records, block));
      below = { chain, height: block.height, hash: block.hash };
      const now = [...tops, below];
      const basis = { number: heads.length + 1, at: AT, epoch: 'e1', chains: now };
      heads.push(signer.sign(headBody(basis, heads.at(-1), sha256)));
    }
    tops.push(below);
  }
  return {
    signer,
    heads,
    lines: whole(signer, [...heads.map((head) => ({ type: 'head' as const, ...head })), ...content]),
  };
}

/** With its first line and its signed end. */
export function whole(signer: Signer, content: readonly ExportLine[]): ExportLine[] {
  const begin: ExportLine = { type: 'begin', version: 1, at: AT, epoch: 'e1', filtered: false };
  const end = signer.sign(JSON.stringify({ type: 'end', at: AT, lines: content.length + 1, head: 0 }));
  return [begin, ...content, { type: 'end', ...end }];
}

export function aRecord(id: number, chain: string): AuditRecord {
  const entry = { ...systemEntry('timers', 'job.due', AT), project: 'vision' };
  const items = [itemLine(entry, { name: `job-${id}` })];
  const { at, principal, kind, operation, effect, project } = entry;
  return {
    id,
    at,
    chain,
    principal,
    kind,
    operation,
    effect,
    outcome: 'done',
    project,
    count: 1,
    items,
    digest: itemsDigest(items, sha256),
  };
}

function placed(records: readonly AuditRecord[], { height }: AuditBlock): ExportLine[] {
  return records.map((record, place) => ({ type: 'record', ...record, height, place }));
}

export function verified(
  lines: readonly ExportLine[],
  signer: Signer,
  outsideHeads: readonly Signed[] = [],
): Verdict {
  const verification = new Verification({ digest: sha256, signedBy: signer.signedBy, outsideHeads });
  for (const line of lines) verification.take(line);
  return verification.finish();
}
