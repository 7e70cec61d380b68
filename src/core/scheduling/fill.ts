/** Puts what runs into a cycle: its quota, its share, its room on the nodes. */
import type { Cycle } from './cycle.ts';
import type { Holder, HolderPart } from './holder.ts';
import { place } from './place.ts';
import type { Requests, Shape } from './shape.ts';
import type { HoldingJob } from './snapshot.ts';

export function fillHolders(cycle: Cycle, endOf: (job: HoldingJob) => number): void {
  const { holders, snapshot } = cycle;
  const jobs = [...snapshot.holding].sort((a, b) => (a.uid < b.uid ? -1 : 1));
  const placed = jobs.filter(({ placed: parts }) => parts !== undefined);
  const unplaced = jobs.filter(({ placed: parts }) => parts === undefined);
  // Those whose nodes are known go first: the rest is put where it fits beside them.
  for (const job of [...placed, ...unplaced]) {
    const holder = holderOf(cycle, job, endOf(job));
    holders.push(holder);
    charge(cycle, holder, 1);
    if (holder.queue === -1) continue;
    cycle.running[holder.queue]! += 1;
    cycle.shares.charge(holder.queue, holder.total);
  }
}

function holderOf(cycle: Cycle, job: HoldingJob, ends: number): Holder {
  const shape = cycle.shapes.of(job);
  const parts = job.placed ? partsOf(cycle, job, shape) : bestParts(cycle, job, shape);
  return {
    uid: job.uid,
    job,
    queue: cycle.tree.indexOf.get(job.queue) ?? -1,
    priority: job.priority,
    shape,
    flavor: job.flavor === undefined ? -1 : (cycle.flavorIndex.get(job.flavor) ?? -1),
    parts,
    total: job.placed ? totalOf(parts) : shape.total,
    ends,
    stopping: job.stopsBy !== undefined,
  };
}

function partsOf({ nodes }: Cycle, job: HoldingJob, shape: Shape): HolderPart[] {
  return (job.placed ?? []).flatMap(({ node, group, count }) => {
    const found = shape.groups.find(({ at }) => at === group);
    return found ? [{ node: nodes.indexOf.get(`${job.agent}/${node}`) ?? -1, group: found, count }] : [];
  });
}

/** The sum of what is placed: an elastic gang may be larger than its least. */
export function totalOf(parts: readonly HolderPart[]): Requests {
  const totals = new Map<number, number>();
  for (const { group, count } of parts) {
    group.requests.resources.forEach((resource, i) => {
      totals.set(resource, (totals.get(resource) ?? 0) + group.requests.amounts[i]! * count);
    });
  }
  const sorted = [...totals].sort((a, b) => a[0] - b[0]);
  return {
    resources: Int32Array.from(sorted, ([resource]) => resource),
    amounts: Float64Array.from(sorted, ([, amount]) => amount),
  };
}

/**
 * Nobody wrote down where it is: best fit says where. Where there is no room for it, because a node shrank, what it
 * holds is taken from all of its agent's nodes, so that nothing is free until there is room again.
 */
function bestParts(cycle: Cycle, job: HoldingJob, shape: Shape): HolderPart[] {
  const own = cycle.rooms.copy();
  const { all, resources } = cycle.nodes;
  all.forEach(({ agent }, node) => {
    if (agent !== job.agent) own.free.fill(-1, node * resources.length, (node + 1) * resources.length);
  });
  const spot = shape.members === 0 ? undefined : place(own, shape, { flavor: -1, ends: 0 });
  if (spot && spot.agent === job.agent) return [...spot.parts];
  return all.flatMap(({ agent }, node) => (agent === job.agent ? spread(cycle, shape, node) : []));
}

function spread({ rooms, nodes }: Cycle, shape: Shape, node: number): HolderPart[] {
  const width = nodes.resources.length;
  const resources = shape.total.resources.filter((resource) => rooms.free[node * width + resource]! > 0);
  const amounts = Float64Array.from(resources, (resource) => rooms.free[node * width + resource]!);
  const [group] = shape.groups;
  return group ? [{ node, group: { ...group, requests: { resources, amounts } }, count: 1 }] : [];
}

/** @param times 1 when it comes, -1 when it goes */
export function charge(cycle: Pick<Cycle, 'quota' | 'rooms'>, holder: Holder, times: 1 | -1): void {
  const { quota, rooms } = cycle;
  if (holder.queue !== -1) quota.charge(holder.queue, holder.total, { flavor: holder.flavor, times });
  for (const { node, group, count } of holder.parts) {
    if (node !== -1) rooms.take(node, group.requests, { times: count * times, ends: holder.ends });
  }
}
