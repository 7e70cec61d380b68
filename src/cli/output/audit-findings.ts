/** What was found in the audit, for people. */
import type { AuditFindings } from '../../contract/audit.ts';
import { columns } from './columns.ts';
import { oneLine } from './safe-text.ts';

export function findingRows({ items }: Pick<AuditFindings, 'items'>): string {
  const rows = items.map(({ at, rule, principal, message }) => [at, rule, principal, message].map(oneLine));
  return columns([['TIME', 'RULE', 'PRINCIPAL', 'WHAT'], ...rows]);
}
