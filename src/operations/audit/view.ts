/** Records and heads of the audit as the API shows them. */
import type { AuditHeadView, AuditRecordView, ListAudit } from '../../contract/audit.ts';
import { formatTime } from '../../contract/scalars.ts';
import type { AuditRecord } from '../../core/audit/record.ts';
import { readBody, type Signed } from '../../core/audit/signed.ts';
import type { AuditFilter } from '../../ports/audit-log.ts';

export function viewRecord(record: AuditRecord): AuditRecordView {
  const { height, place, items, at, ...rest } = record;
  return {
    ...rest,
    at: formatTime(at),
    items: items.map(itemOf),
    block: height === undefined || place === undefined ? undefined : { height, place },
  };
}

/** What cannot be read is shown as it is: a verifier finds that it was altered. */
function itemOf(line: string): Record<string, unknown> {
  try {
    const item: unknown = JSON.parse(line);
    if (typeof item === 'object' && item !== null) return item as Record<string, unknown>;
  } catch {
    // Below.
  }
  return { unreadable: line };
}

export function viewHead(signed: Signed): AuditHeadView | undefined {
  const head = readBody(signed, 'head');
  if (!head) return undefined;
  const { number, at, epoch, chains } = head;
  return { number, at: formatTime(at), epoch, chains: [...chains], ...signed };
}

type Asked = Omit<import('zod').output<typeof ListAudit>, 'cursor' | 'limit'>;

export function filterOf({ principal, operation, project, since, until }: Asked): AuditFilter {
  const moment = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
  return { principal, operation, project, since: moment(since), until: moment(until) };
}
