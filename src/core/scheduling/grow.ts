/** Elastic gangs that start take more members, where nobody is waiting for the room: each in turn, in the order of admission. */
import { endsBy, grown } from './admit.ts';
import type { Admitted, Cycle } from './cycle.ts';
import { type HolderPart, totalOf } from './holder.ts';
import { fillMore } from './place.ts';
import type { ShapeGroup } from './shape.ts';

export function grow(cycle: Cycle): void {
  cycle.admits.forEach((admitted, index) => {
    if (!admitted.holder.shape.elastic) return;
    const more = admitted.holder.shape.groups.flatMap((group) => moreOf(cycle, admitted, group));
    if (more.length === 0) return;
    const parts = merged([...admitted.holder.parts, ...more]);
    cycle.admits[index] = { ...admitted, admit: grown(cycle, admitted, parts) };
  });
}

/** As many members more as have quota, and room where the gang is. */
function moreOf(cycle: Cycle, { job, holder, spot }: Admitted, group: ShapeGroup): HolderPart[] {
  if (group.max === group.count) return [];
  const ends = endsBy(cycle, job);
  const candidates = fillMore(cycle.rooms, { ...group, count: group.max - group.count }, { spot, ends });
  const taken: HolderPart[] = [];
  for (const { node, count } of candidates) {
    let added = 0;
    while (added < count && mayCharge(cycle, holder.queue, { group, flavor: holder.flavor, ends })) {
      cycle.rooms.take(node, group.requests, { times: 1, ends });
      added += 1;
    }
    if (added > 0) taken.push({ node, group, count: added });
  }
  return taken;
}

/** Charges one member, if there is quota for it. */
function mayCharge(
  cycle: Cycle,
  queue: number,
  { group, flavor, ends }: { readonly group: ShapeGroup; readonly flavor: number; readonly ends: number },
): boolean {
  const one = totalOf([{ node: -1, group, count: 1 }]);
  const late =
    cycle.shadow && ends > cycle.quotaReservedAt[cycle.tree.root[queue]!]! ? cycle.shadow : undefined;
  if (cycle.quota.shortOf(queue, one, flavor) !== -1) return false;
  if (late && late.shortOf(queue, one, flavor) !== -1) return false;
  for (const quota of [cycle.quota, late]) quota?.charge(queue, one, { flavor, times: 1 });
  cycle.shares.charge(queue, one);
  return true;
}

/** One part a node and group. */
function merged(parts: readonly HolderPart[]): HolderPart[] {
  const byPlace = new Map<string, HolderPart>();
  for (const part of parts) {
    const key = `${part.node} ${part.group.at}`;
    const before = byPlace.get(key);
    byPlace.set(key, before ? { ...part, count: before.count + part.count } : part);
  }
  return [...byPlace.values()];
}
