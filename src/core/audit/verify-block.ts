/** Holds the records of a block to the hashes that the block was sealed over, and says which one is wrong. */
import type { AuditBlock } from './block.ts';
import { type Finding, finding } from './finding.ts';
import type { AuditRecord } from './record.ts';

export interface HashedRecord {
  readonly record: AuditRecord;
  readonly hash: string;
}

export function judgeBlock(block: AuditBlock, records: readonly HashedRecord[]): Finding[] {
  const { chain, height, leaves } = block;
  const rightful = new Map<number, HashedRecord>();
  for (const one of records) {
    const place = one.record.place ?? -1;
    if (leaves[place] === one.hash && !rightful.has(place)) rightful.set(place, one);
  }
  const filled = new Set(rightful.keys());
  const findings = records
    .filter((one) => rightful.get(one.record.place ?? -1) !== one)
    .map((one) => judgeMisfit(block, one, filled));
  const where = `block ${height} of chain ${chain}`;
  for (const place of leaves.keys()) {
    if (filled.has(place)) continue;
    findings.push(
      finding('deleted-record', { chain, height }, `the record at place ${place} of ${where} is missing`),
    );
  }
  return findings;
}

/** Not what was sealed at its place. @param filled grows by the place, when nothing else stands there */
function judgeMisfit(
  { chain, height, leaves }: AuditBlock,
  { record: { id, place = -1 }, hash }: HashedRecord,
  filled: Set<number>,
): Finding {
  const of = { chain, height, record: id };
  const where = `block ${height} of chain ${chain}`;
  const free = place >= 0 && place < leaves.length && !filled.has(place);
  if (!free) return finding('inserted-record', of, `record ${id} was not sealed in ${where}`);
  filled.add(place);
  return leaves.includes(hash)
    ? finding('reordered-record', of, `record ${id} is not at its place in ${where}`)
    : finding('altered-record', of, `record ${id} of ${where} is not what was sealed`);
}
