/**
 * Verifies an export, line by line, against pinned public keys and heads that were kept elsewhere.
 * It needs no server and trusts none: whoever can write to the database, but does not have the signing
 * key, cannot alter, delete, insert or reorder what was sealed, cut a chain, or drop one, unseen.
 */
import { type AuditBlock, blockHash, type ChainHead, GENESIS } from './block.ts';
import type { ExportLine } from './export-line.ts';
import { type Finding, finding } from './finding.ts';
import { type AuditRecord, type Digest, itemsDigest, recordHash } from './record.ts';
import { type ExportEnd, type Head, type Retention, readBody, type Signed } from './signed.ts';
import { judgeBlock } from './verify-block.ts';

export interface VerifyOptions {
  readonly digest: Digest;
  /** False for a wrong signature; undefined for a key that is not pinned. */
  readonly signedBy: (signed: Signed) => boolean | undefined;
  /** Heads kept outside the database, such as the server's `audit-heads.jsonl`. */
  readonly outsideHeads?: readonly Signed[] | undefined;
}

export interface Verdict {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly chains: number;
  readonly blocks: number;
  readonly records: number;
  /** How many operations the records stand for. */
  readonly items: number;
  readonly heads: number;
  /** Records that no block seals yet. */
  readonly unsealed: number;
  /** Outside heads that are younger than the export, and say nothing of it. */
  readonly youngerHeads: number;
}

/** The rest would say the same again. */
const MOST_FINDINGS = 200;

interface OpenBlock {
  readonly block: AuditBlock;
  readonly records: AuditRecord[];
}

interface NumberedHead {
  readonly number: number;
  readonly digest: string;
}

export class Verification {
  readonly #with: VerifyOptions;
  readonly #findings: Finding[] = [];
  readonly #counts = { blocks: 0, records: 0, items: 0, heads: 0, unsealed: 0, younger: 0, lines: 0 };
  readonly #chains = new Map<string, ChainHead>();
  /** chain → height → what a signed head says of it */
  readonly #claims = new Map<string, Map<number, { hash: string; head: number }>>();
  readonly #outside = new Map<number, string>();
  #begin: Extract<ExportLine, { type: 'begin' }> | undefined;
  #dropped: Retention | undefined;
  #lastHead: NumberedHead | undefined;
  #open: OpenBlock | undefined;
  #ended = false;

  constructor(options: VerifyOptions) {
    this.#with = options;
  }

  take(line: ExportLine): void {
    if (this.#ended) this.#find('broken-export', {}, 'something stands after the end of the export');
    if (line.type !== 'record' || line.height !== this.#open?.block.height) this.#closeBlock();
    if (!this.#begin && line.type !== 'begin')
      this.#find('broken-export', {}, 'the export does not begin with its first line');
    this.#dispatch(line);
    this.#counts.lines += 1;
  }

  finish(): Verdict {
    this.#closeBlock();
    if (!this.#ended) this.#find('broken-export', {}, 'the export has no signed end: it is not whole');
    this.#judgeOutsideHeads();
    if (this.#counts.heads === 0 && this.#chains.size > 0)
      this.#find('missing-heads', {}, 'no signed head covers the chains');
    for (const [chain, claims] of this.#claims) this.#judgeEnd(chain, claims);
    const { blocks, records, items, heads, unsealed, younger } = this.#counts;
    const findings = this.#findings;
    const chains = this.#chains.size;
    return {
      ok: findings.length === 0,
      findings,
      chains,
      blocks,
      records,
      items,
      heads,
      unsealed,
      youngerHeads: younger,
    };
  }

  #dispatch(line: ExportLine): void {
    if (line.type === 'begin') this.#takeBegin(line);
    else if (line.type === 'retention') this.#takeRetention(line);
    else if (line.type === 'head') this.#takeHead(line);
    else if (line.type === 'block') this.#takeBlock(line);
    else if (line.type === 'record') this.#takeRecord(line);
    else if (line.type === 'end') this.#takeEnd(line);
    else this.#find('broken-export', {}, 'a line is of an unknown type');
  }

  #takeBegin(line: Extract<ExportLine, { type: 'begin' }>): void {
    this.#begin = line;
    if (line.filtered)
      this.#find('broken-export', {}, 'the export was filtered; only a whole one can be verified');
    for (const signed of this.#with.outsideHeads ?? []) {
      const head = this.#checked(signed, 'head', 'a head kept outside');
      if (!head) continue;
      // What was signed after the export began says nothing of it.
      if (head.at > line.at) this.#counts.younger += 1;
      else {
        this.#outside.set(head.number, this.#with.digest(signed.body));
        this.#claim(head);
      }
    }
  }

  #takeRetention(line: Signed): void {
    const body = this.#checked(line, 'retention', 'the proof of retention');
    if (!body) return;
    this.#dropped = body;
    this.#lastHead = body.head;
  }

  #takeHead(line: Signed): void {
    this.#counts.heads += 1;
    const head = this.#checked(line, 'head', 'a head');
    if (!head) return;
    const own = this.#with.digest(line.body);
    const { number, previous } = head;
    const expected = (this.#lastHead?.number ?? 0) + 1;
    if (number !== expected)
      this.#find('missing-heads', { head: number }, `head ${expected} is missing: head ${number} follows`);
    else if (previous !== (this.#lastHead?.number ? this.#lastHead.digest : null))
      this.#find('altered-head', { head: number }, `head ${number} does not follow from the one before it`);
    const outside = this.#outside.get(number);
    if (outside !== undefined && outside !== own)
      this.#find('altered-head', { head: number }, `head ${number} differs from the one kept outside`);
    this.#lastHead = { number, digest: own };
    this.#claim(head);
  }

  #takeBlock(block: AuditBlock): void {
    this.#counts.blocks += 1;
    const { chain, height, previous, hash } = block;
    const below = this.#chains.get(chain) ?? this.#baseOf(chain);
    const at = { chain, height };
    const expected = below.height + 1;
    if (height > expected)
      this.#find(
        'missing-block',
        { chain, height: expected },
        `block ${expected} of chain ${chain} is missing`,
      );
    else if (height < expected)
      this.#find('inserted-block', at, `block ${height} of chain ${chain} stands there again`);
    else if (previous !== below.hash)
      this.#find(
        'altered-block',
        at,
        `block ${height} of chain ${chain} does not follow from the one below it`,
      );
    if (blockHash(block, this.#with.digest) !== hash)
      this.#find('altered-block', at, `block ${height} of chain ${chain} is not what its hash says`);
    this.#judgeClaim(block);
    this.#chains.set(chain, { chain, height: Math.max(height, below.height), hash });
    this.#open = { block, records: [] };
  }

  #takeRecord(record: AuditRecord): void {
    const { id, chain, height } = record;
    this.#counts.records += 1;
    this.#counts.items += record.count;
    if (itemsDigest(record.items, this.#with.digest) !== record.digest)
      this.#find(
        'altered-record',
        { chain, height, record: id },
        `the items of record ${id} are not what their digest says`,
      );
    const open = this.#open;
    if (height === undefined) this.#counts.unsealed += 1;
    else if (open?.block.chain === chain && open.block.height === height) open.records.push(record);
    else this.#find('inserted-record', { chain, height, record: id }, `record ${id} is in no block`);
  }

  #takeEnd(line: Signed): void {
    this.#ended = true;
    const end: ExportEnd | undefined = this.#checked(line, 'end', 'the end of the export');
    if (end && (end.lines !== this.#counts.lines || end.at !== this.#begin?.at))
      this.#find(
        'broken-export',
        {},
        `the export has ${this.#counts.lines} lines, ${end.lines} were written`,
      );
    const last = this.#lastHead?.number ?? 0;
    if (end && !this.#begin?.filtered && last < end.head)
      this.#find(
        'missing-heads',
        { head: end.head },
        `the server kept head ${end.head}, the last here is ${last}`,
      );
  }

  #closeBlock(): void {
    if (!this.#open) return;
    const { block, records } = this.#open;
    this.#open = undefined;
    const hashed = records.map((record) => ({ record, hash: recordHash(record, this.#with.digest) }));
    for (const found of judgeBlock(block, hashed)) this.#add(found);
  }

  #baseOf(chain: string): ChainHead {
    const dropped = this.#dropped?.chains.find((one) => one.chain === chain);
    return dropped ?? { chain, height: 0, hash: GENESIS };
  }

  #claim({ number, chains }: Head): void {
    for (const { chain, height, hash } of chains) {
      const claims = this.#claims.get(chain) ?? new Map();
      this.#claims.set(chain, claims);
      const known = claims.get(height);
      if (known && known.hash !== hash)
        this.#find(
          'forked-chain',
          { chain, height, head: number },
          `two heads differ on block ${height} of chain ${chain}`,
        );
      claims.set(height, { hash, head: number });
    }
  }

  #judgeClaim({ chain, height, hash }: AuditBlock): void {
    const claim = this.#claims.get(chain)?.get(height);
    if (claim && claim.hash !== hash)
      this.#find(
        'forked-chain',
        { chain, height, head: claim.head },
        `block ${height} of chain ${chain} is not the one that head ${claim.head} was signed over`,
      );
  }

  #judgeEnd(chain: string, claims: ReadonlyMap<number, { head: number }>): void {
    const height = [...claims.keys()].reduce((a, b) => Math.max(a, b), 0);
    const base = this.#baseOf(chain).height;
    const seen = this.#chains.get(chain)?.height ?? base;
    if (seen >= height) return;
    const head = claims.get(height)?.head;
    if (seen === 0)
      this.#find(
        'missing-chain',
        { chain, height, head },
        `chain ${chain} is missing; head ${head} has it up to block ${height}`,
      );
    else
      this.#find(
        'cut-tail',
        { chain, height: seen + 1, head },
        `chain ${chain} ends with block ${seen}; head ${head} has it up to block ${height}`,
      );
  }

  #judgeOutsideHeads(): void {
    const last = this.#lastHead?.number ?? 0;
    for (const number of this.#outside.keys()) {
      if (number > last)
        this.#find(
          'missing-heads',
          { head: number },
          `head ${number}, kept outside, is missing: the last one is ${last}`,
        );
    }
  }

  /** The body, when a pinned key signed it. */
  #checked<T extends 'head' | 'retention' | 'end'>(signed: Signed, type: T, what: string) {
    const good = this.#with.signedBy(signed);
    if (good === undefined)
      this.#find('unknown-key', {}, `${what} is signed by a key that is not pinned: ${signed.keyId}`);
    else if (!good)
      this.#find('bad-signature', {}, `${what} is not what was signed: ${signed.body.slice(0, 80)}`);
    const body = good ? readBody(signed, type) : undefined;
    if (good && !body) this.#find('broken-export', {}, `${what} cannot be read`);
    return body;
  }

  #find(kind: Finding['kind'], where: Omit<Finding, 'kind' | 'message'>, message: string): void {
    this.#add(finding(kind, where, message));
  }

  #add(found: Finding): void {
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push(found);
  }
}
