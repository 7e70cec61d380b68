/** The `AuditLog` port over PostgreSQL. */
import { makeBlock } from '../../../core/audit/block.ts';
import type { ExportLine } from '../../../core/audit/export-line.ts';
import type { AuditRecord } from '../../../core/audit/record.ts';
import { readBody, type Signed, sortedChains } from '../../../core/audit/signed.ts';
import type { AuditFilter, AuditLog, Dropping, HeadBasis } from '../../../ports/audit-log.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Database, Queryable } from '../database.ts';
import { cutPage } from '../paging.ts';
import { digest } from './audit-context.ts';
import { exportLines } from './export-lines.ts';
import { allChains, headsBefore, LOCK_HEADS, lastHead, putHead } from './head-rows.ts';
import { listRecords } from './list-records.ts';
import { dropBlocks, dropHeads, lastRetention, oldBlocks, oldHead, putRetention } from './retention-rows.ts';
import {
  beginChain,
  lockChain,
  placeRecords,
  putBlock,
  unsealedChains,
  unsealedRecords,
} from './seal-chain.ts';

/** A block's records are held in memory, with their items. */
const MOST_RECORDS = 1000;

export class PostgresAuditLog implements AuditLog {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(filter: AuditFilter, { cursor, limit }: Page): Promise<PageOf<AuditRecord>> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, isNumberKey)[0];
    const rows = await this.#db.run(listRecords, { filter, before, limit: limit + 1 });
    return cutPage(rows, limit, (last) => encodeCursor([last.id]));
  }

  lines(): AsyncIterable<ExportLine> {
    return exportLines(this.#db);
  }

  async seal(now: number): Promise<number> {
    let sealed = 0;
    for (const chain of await this.#db.run(unsealedChains, undefined)) {
      await this.#db.run(beginChain, chain);
      sealed += await this.#db.transaction('BEGIN', (on) => sealChain(on, chain, now));
    }
    return sealed;
  }

  addHead(sign: (basis: HeadBasis) => Signed): Promise<Signed | undefined> {
    return this.#db.transaction('BEGIN', async (on) => {
      await on.execute(LOCK_HEADS);
      const last = await on.one(lastHead, undefined);
      const { epoch, chains } = (await on.one(allChains, undefined))!;
      const before = last && readBody(last.signed, 'head');
      if (chains.length === 0 || JSON.stringify(before?.chains) === JSON.stringify(chains)) return undefined;
      const number = (last?.number ?? 0) + 1;
      const signed = sign({ number, epoch, chains, previous: last?.signed });
      await on.run(putHead, { number, at: readBody(signed, 'head')?.at ?? 0, signed });
      return signed;
    });
  }

  async heads({ cursor, limit }: Page): Promise<PageOf<Signed>> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, isNumberKey)[0];
    const rows = await this.#db.run(headsBefore, { before, limit: limit + 1 });
    const { items, next } = cutPage(rows, limit, (last) => encodeCursor([last.number]));
    return { items: items.map(({ signed }) => signed), next };
  }

  async drop(before: number, sign: (dropping: Dropping) => Signed): Promise<void> {
    await this.#db.transaction('BEGIN', async (on) => {
      await on.execute(LOCK_HEADS);
      const blocks = await on.run(oldBlocks, before);
      const head = await on.one(oldHead, before);
      if (blocks.length === 0 && !head) return;
      const earlier = await on.one(lastRetention, undefined);
      const done = earlier && readBody(earlier, 'retention');
      const kept = (done?.chains ?? []).filter((old) => !blocks.some(({ chain }) => chain === old.chain));
      const chains = sortedChains([...kept, ...blocks]);
      const last = head
        ? { number: head.number, digest: digest(head.signed.body) }
        : (done?.head ?? { number: 0, digest: '' });
      await on.run(putRetention, sign({ chains, head: last }));
      for (const block of blocks) await on.run(dropBlocks, block);
      await on.run(dropHeads, last.number);
    });
  }

  async epoch(): Promise<string> {
    return (await this.#db.one(allChains, undefined))!.epoch;
  }
}

/** All or nothing: a sealer that is killed leaves the records to the next. */
async function sealChain(on: Queryable, chain: string, now: number): Promise<number> {
  const below = await on.one(lockChain, chain);
  if (!below) return 0;
  const records = await on.run(unsealedRecords, { chain, limit: MOST_RECORDS });
  if (records.length === 0) return 0;
  const block = makeBlock(below, { records, at: now }, digest);
  await on.run(placeRecords, { ids: records.map(({ id }) => id), height: block.height });
  await on.run(putBlock, block);
  return records.length;
}

function isNumberKey(parts: readonly unknown[]): parts is readonly [number] {
  return parts.length === 1 && Number.isSafeInteger(parts[0]);
}
