/** Reads the newest records, page by page. */
import type { AuditRecord } from '../../core/audit/record.ts';
import type { AuditFilter, AuditLog } from '../../ports/audit-log.ts';

const PAGE = 500;

export interface Latest {
  readonly records: readonly AuditRecord[];
  /** False when there were more. */
  readonly complete: boolean;
}

export async function latestRecords(
  log: Pick<AuditLog, 'list'>,
  filter: AuditFilter,
  { most, signal }: { readonly most: number; readonly signal?: AbortSignal },
): Promise<Latest> {
  const records: AuditRecord[] = [];
  let cursor: string | undefined;
  do {
    signal?.throwIfAborted();
    const page = await log.list(filter, { cursor, limit: PAGE });
    records.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined && records.length < most);
  return { records, complete: cursor === undefined };
}
