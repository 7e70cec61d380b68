/** Where what runs is, and what it takes there. */
import type { Holder, HolderPart } from './holder.ts';
import { place } from './place.ts';
import type { Quota } from './quota.ts';
import type { Nodes, Rooms } from './rooms.ts';
import type { Shape } from './shape.ts';
import type { HoldingJob } from './snapshot.ts';

export function placedParts(nodes: Nodes, job: HoldingJob, shape: Shape): HolderPart[] {
  return (job.placed ?? []).flatMap(({ node, group, count }) => {
    const found = shape.groups.find(({ at }) => at === group);
    return found ? [{ node: nodes.indexOf.get(`${job.agent}/${node}`) ?? -1, group: found, count }] : [];
  });
}

interface Filled {
  readonly nodes: Nodes;
  readonly rooms: Rooms;
}

/**
 * Nobody wrote down where it is: best fit says where. Where there is no room for it, because a node shrank, what it
 * holds is taken from all of its agent's nodes, so that nothing is free until there is room again.
 */
export function unplacedParts(filled: Filled, job: HoldingJob, shape: Shape): HolderPart[] {
  const { nodes, rooms } = filled;
  const own = rooms.copy();
  const { all, resources } = nodes;
  all.forEach(({ agent }, node) => {
    if (agent !== job.agent) own.free.fill(-1, node * resources.length, (node + 1) * resources.length);
  });
  const spot = shape.members === 0 ? undefined : place(own, shape, { flavor: -1, ends: 0 });
  if (spot && spot.agent === job.agent) return [...spot.parts];
  return all.flatMap(({ agent }, node) => (agent === job.agent ? spread(filled, shape, node) : []));
}

function spread({ rooms, nodes }: Filled, shape: Shape, node: number): HolderPart[] {
  const width = nodes.resources.length;
  const resources = shape.total.resources.filter((resource) => rooms.free[node * width + resource]! > 0);
  const amounts = Float64Array.from(resources, (resource) => rooms.free[node * width + resource]!);
  const [group] = shape.groups;
  return group ? [{ node, group: { ...group, requests: { resources, amounts } }, count: 1 }] : [];
}

/** @param times 1 when it comes, -1 when it goes */
export function charge(of: { quota: Quota; rooms: Rooms }, holder: Holder, times: 1 | -1): void {
  const { quota, rooms } = of;
  if (holder.queue !== -1) quota.charge(holder.queue, holder.total, { flavor: holder.flavor, times });
  for (const { node, group, count } of holder.parts) {
    if (node !== -1) rooms.take(node, group.requests, { times: count * times, ends: holder.ends });
  }
}
