/** How a record lies in its table. */
import type { QueryResultRow } from 'pg';
import type { AuditRecord } from '../../../core/audit/record.ts';

export const RECORD_COLUMNS = `id, at, chain, principal, kind, operation, project, effect, outcome, count,
  items, digest, height, place`;

export interface RecordRow extends QueryResultRow, Omit<AuditRecord, 'project' | 'height' | 'place'> {
  readonly project: string | null;
  readonly height: number | null;
  readonly place: number | null;
}

export function toRecord(row: RecordRow): AuditRecord {
  const { project, height, place } = row;
  return {
    id: row.id,
    at: row.at,
    chain: row.chain,
    principal: row.principal,
    kind: row.kind,
    operation: row.operation,
    effect: row.effect,
    outcome: row.outcome,
    project: project ?? undefined,
    count: row.count,
    items: row.items,
    digest: row.digest,
    height: height ?? undefined,
    place: place ?? undefined,
  };
}
