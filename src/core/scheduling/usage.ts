/** Sums of requests: what a gang asks for, what a queue uses. Always derived, never counted beside the rows. */
import type { Resources } from '../job/spec.ts';
import type { MemberGroup } from './snapshot.ts';

export type Totals = Map<string, number>;

export function gangTotals(groups: readonly MemberGroup[]): Totals {
  const totals: Totals = new Map();
  for (const group of groups) add(totals, group.requests, group.count);
  return totals;
}

export function add(totals: Totals, amounts: Resources | Totals, times = 1): void {
  const entries = amounts instanceof Map ? amounts : Object.entries(amounts);
  for (const [name, amount] of entries) totals.set(name, (totals.get(name) ?? 0) + amount * times);
}
