/** Records of who did what from where, to be looked at by the rules; nothing of them is sealed. */
import type { AuditRecord } from '../record.ts';

export const MONDAY = Date.UTC(2026, 0, 5);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Did {
  readonly at: number;
  readonly who?: string;
  readonly from?: string;
  readonly operation?: string;
  readonly effect?: string;
  readonly outcome?: string;
  readonly project?: string;
  readonly times?: number;
}

let ids = 0;

export function aRecord(did: Did): AuditRecord {
  const { at, who = 'key/ci', from, operation = 'job.submit', effect = 'change', times = 1 } = did;
  const { outcome = effect === 'refusal' ? 'auth.forbidden' : 'done', project } = did;
  ids += 1;
  const refused = effect === 'refusal' ? { operation, outcome, times } : {};
  return {
    id: ids,
    at,
    chain: 'here',
    principal: who,
    kind: who.includes('/') ? (who.split('/')[0] ?? '') : who,
    operation,
    effect,
    outcome,
    project,
    count: times,
    items: [JSON.stringify({ ...refused, project, address: from })],
    digest: '',
  };
}

/** Every step, as often as is said. */
export function repeated(times: number, every: number, did: (index: number) => Did): AuditRecord[] {
  return Array.from({ length: times }, (_, index) => {
    const one = did(index);
    return aRecord({ ...one, at: one.at + index * every });
  });
}

/**
 * Two ordinary weeks: a person at work, who mistypes and reads the audit on Fridays, a CI system that never
 * sleeps, a monitor that reads the audit each quarter of an hour, and strangers that knock now and then.
 */
export function ordinaryWeeks(): AuditRecord[] {
  const days = Array.from({ length: 14 }, (_, day) => MONDAY + day * DAY);
  return days.flatMap((day, index) => [
    ...repeated(12, 30 * MINUTE, (n) => ({ at: day + 9 * HOUR, who: 'user/ada', from: `192.0.2.${10 + n}` })),
    ...repeated(3, MINUTE, () => ({
      at: day + 10 * HOUR,
      who: 'user/ada',
      from: '192.0.2.10',
      operation: 'queue.put',
      effect: 'refusal',
    })),
    ...repeated(48, 30 * MINUTE, (n) => ({ at: day, from: `2001:db8:7::${n}`, times: 200 })),
    ...repeated(96, 15 * MINUTE, () => ({
      at: day,
      who: 'key/monitor',
      from: '198.51.100.4',
      operation: 'audit.list',
      effect: 'read',
    })),
    ...repeated(index % 7 === 4 ? 20 : 0, MINUTE, () => ({
      at: day + 15 * HOUR,
      who: 'user/ada',
      from: '192.0.2.10',
      operation: 'audit.list',
      effect: 'read',
    })),
    ...repeated(6, 4 * HOUR, (n) => ({
      at: day + n,
      who: 'anonymous',
      from: `203.0.113.${n}`,
      effect: 'refusal',
      outcome: 'auth.invalid',
      times: 2,
    })),
  ]);
}
