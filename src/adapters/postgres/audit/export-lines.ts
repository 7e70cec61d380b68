/** Everything that the audit keeps, in the order in which a verifier reads it, a stretch at a time. */
import type { AuditBlock } from '../../../core/audit/block.ts';
import type { ExportLine } from '../../../core/audit/export-line.ts';
import type { AuditRecord } from '../../../core/audit/record.ts';
import type { Database } from '../database.ts';
import { blocksOf, exportedChains, notSealed, recordsOf, type Stretch } from './export-rows.ts';
import { headsAfter } from './head-rows.ts';
import { lastRetention } from './retention-rows.ts';

/** Blocks, heads: so many are held in memory. */
const STRETCH = 100;

export async function* exportLines(db: Database): AsyncGenerator<ExportLine> {
  const retention = await db.one(lastRetention, undefined);
  if (retention) yield { type: 'retention', ...retention };
  yield* headLines(db);
  for (const { chain, bottom, top } of await db.run(exportedChains, undefined)) {
    for (let above = bottom - 1; above < top; above += STRETCH) {
      yield* stretchLines(db, { chain, above, upTo: Math.min(top, above + STRETCH) });
    }
  }
  for (const record of await db.run(notSealed, undefined)) yield { type: 'record', ...record };
}

async function* headLines(db: Database): AsyncGenerator<ExportLine> {
  let after = 0;
  for (;;) {
    const heads = await db.run(headsAfter, { after, limit: STRETCH });
    for (const { signed } of heads) yield { type: 'head', ...signed };
    if (heads.length < STRETCH) return;
    after = heads.at(-1)?.number ?? after;
  }
}

/** Each block before its records; records of a block that is gone stand where it was. */
async function* stretchLines(db: Database, stretch: Stretch): AsyncGenerator<ExportLine> {
  const [blocks, records] = await Promise.all([db.run(blocksOf, stretch), db.run(recordsOf, stretch)]);
  const byHeight = Map.groupBy(records, ({ height = 0 }: AuditRecord) => height);
  const blockAt = new Map(blocks.map((block): [number, AuditBlock] => [block.height, block]));
  const heights = [...new Set([...blockAt.keys(), ...byHeight.keys()])].sort((a, b) => a - b);
  for (const height of heights) {
    const block = blockAt.get(height);
    if (block) yield { type: 'block', ...block };
    for (const record of byHeight.get(height) ?? []) yield { type: 'record', ...record };
  }
}
