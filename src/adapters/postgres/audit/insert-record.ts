/** One record, with its one item, or with as many as its refusals were. */
import { nothing, statement } from '../statement.ts';
import { type AuditStamp, digest } from './audit-context.ts';

export interface NewRecord {
  readonly stamp: AuditStamp;
  /** Instead of the stamp's own line. */
  readonly items?: { readonly lines: readonly string[]; readonly count: number } | undefined;
}

export const insertRecord = statement({
  name: 'audit_insert',
  text: `
    INSERT INTO audit_record (at, chain, principal, kind, operation, project, effect, outcome, count, items, digest)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
  values: ({ stamp, items }: NewRecord) => {
    const { at, chain, principal, kind, operation, project, effect, outcome, line } = stamp;
    const lines = items?.lines ?? [line];
    return [
      at,
      chain,
      principal,
      kind,
      operation,
      project,
      effect,
      outcome,
      items?.count ?? 1,
      lines,
      digest(lines.join('\n')),
    ];
  },
  row: nothing,
  unaudited: 'it is the record itself',
});
