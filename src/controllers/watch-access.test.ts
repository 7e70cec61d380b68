import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../core/audit/record.ts';
import { aRecord, DAY, HOUR, MONDAY, ordinaryWeeks, repeated } from '../core/audit/testing/accesses.ts';
import type { AuditFilter, AuditLog } from '../ports/audit-log.ts';
import { AccessWatch } from './watch-access.ts';

const LATER = MONDAY + 14 * DAY + HOUR;

/** Newest first, in pages, as the store lists them. */
function logOf(records: AuditRecord[]): AuditLog {
  const list = async (
    { since = 0 }: AuditFilter,
    { cursor = '0', limit }: { cursor?: string; limit: number },
  ) => {
    const all = records.filter(({ at }) => at >= since).sort((a, b) => b.id - a.id);
    const from = Number(cursor);
    const next = from + limit < all.length ? String(from + limit) : undefined;
    return { items: all.slice(from, from + limit), next };
  };
  return { list } as unknown as AuditLog;
}

describe('S10: the watch over access', () => {
  test('tells what is unusual while it happens, once, and nothing of what was before it began', async () => {
    const told: string[] = [];
    const burst = (at: number) => repeated(1, 0, () => ({ at, effect: 'refusal', times: 50 }));
    const records = [...ordinaryWeeks(), ...burst(MONDAY + HOUR)];
    let now = LATER;
    const ports = { auditLog: logOf(records), clock: { now: () => now } };
    const watch = new AccessWatch(ports, ({ rule, principal }) => told.push(`${rule} ${principal}`));
    await watch.round();
    await watch.round();
    expect(told).toEqual([]);
    now += HOUR;
    records.push(...burst(now), aRecord({ at: now, who: 'user/ada', from: '203.0.113.9' }));
    await watch.round();
    await watch.round();
    expect(told.toSorted()).toEqual(['denied-burst key/ci', 'new-place user/ada']);
    now += 1000;
    records.push(aRecord({ at: now - 30_000, from: '198.51.100.1' }));
    await watch.round();
    expect(told.at(-1)).toBe('new-place key/ci');
  });
});
