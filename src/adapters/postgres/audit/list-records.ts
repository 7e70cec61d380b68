/** Records that match, newest first. Conditions that were not given must not hinder an index: planned anew each time. */
import type { AuditFilter } from '../../../ports/audit-log.ts';
import { statement } from '../statement.ts';
import { RECORD_COLUMNS, type RecordRow, toRecord } from './record-row.ts';

export interface RecordPage {
  readonly filter: AuditFilter;
  readonly before: number | undefined;
  readonly limit: number;
}

export const listRecords = statement({
  text: `
    SELECT ${RECORD_COLUMNS} FROM audit_record
     WHERE ($1::text IS NULL OR principal = $1) AND ($2::text IS NULL OR operation = $2)
       AND ($3::text IS NULL OR project = $3) AND ($4::bigint IS NULL OR at >= $4)
       AND ($5::bigint IS NULL OR at <= $5) AND ($6::bigint IS NULL OR id < $6)
     ORDER BY id DESC LIMIT $7`,
  values: ({ filter, before, limit }: RecordPage) => [
    filter.principal ?? null,
    filter.operation ?? null,
    filter.project ?? null,
    filter.since ?? null,
    filter.until ?? null,
    before ?? null,
    limit,
  ],
  row: (row: RecordRow) => toRecord(row),
});
