/** Looks for what is out of the ordinary in the records of a time, by what was usual in the month before it. */
import { AuditFindings, FindInAudit } from '../../contract/audit.ts';
import { formatTime } from '../../contract/scalars.ts';
import { findPatterns } from '../../core/audit/patterns/patterns.ts';
import { defineOperation } from '../define.ts';
import { latestRecords } from './latest.ts';

/** Milliseconds. */
const DAY = 86_400_000;
const USUAL = 30 * DAY;
/** The newest: more would hold up the server. An export can be looked at elsewhere, whole. */
const MOST_RECORDS = 100_000;

export const findInAudit = defineOperation({
  name: 'audit.findings',
  summary: 'Find unusual access: denied bursts, new places, unusual reads',
  input: FindInAudit,
  output: AuditFindings,
  permission: 'audit:read',
  target: () => ({}),
  effect: 'read',
  audit: 'read',
  http: { method: 'GET', path: '/api/v1/audit/findings' },
  async handler({ input, ports, now, signal }) {
    const since = input.since === undefined ? now - DAY : Date.parse(input.since);
    const filter = { since: since - USUAL };
    const { records, complete } = await latestRecords(ports.auditLog, filter, { most: MOST_RECORDS, signal });
    const found = findPatterns(records).filter(({ at }) => at >= since);
    const items = found.map((one) => ({ ...one, at: formatTime(one.at) }));
    return { items, since: formatTime(since), records: records.length, complete };
  },
});
