/**
 * Which queue is next: the one whose dominant share is smallest. Within a queue, rank decides.
 * Shares are of all that the connected nodes have.
 * Source: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011, without weights or decay yet.
 */
import type { QueueUsage } from './nominate.ts';
import type { NodeSnapshot } from './snapshot.ts';
import { add, type Totals } from './usage.ts';

/** A share is kept in millionths. */
const SCALE = 1_000_000;

export function capacityOf(nodes: readonly NodeSnapshot[]): Totals {
  const totals: Totals = new Map();
  for (const node of nodes) add(totals, node.allocatable);
  return totals;
}

/** The largest share of any one resource, in millionths. */
export function dominantShare(usage: QueueUsage, capacity: Totals): number {
  let largest = 0;
  for (const [name, used] of usage.used) {
    const whole = capacity.get(name) ?? 0;
    if (whole > 0) largest = Math.max(largest, Math.floor((used * SCALE) / whole));
  }
  return largest;
}

/** The next queue to look at, by share and then by name; undefined when none is left. */
export function nextQueue(usages: readonly QueueUsage[], capacity: Totals): QueueUsage | undefined {
  return usages.reduce<QueueUsage | undefined>((best, usage) => {
    if (!best) return usage;
    const difference = dominantShare(usage, capacity) - dominantShare(best, capacity);
    return difference < 0 || (difference === 0 && usage.queue.name < best.queue.name) ? usage : best;
  }, undefined);
}
