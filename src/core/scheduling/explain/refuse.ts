/** Why a job can not start: the first thing that is in the way, in words. */
import { formatAmount } from '../../kube/quantity.ts';
import { type Cycle, keyOf } from '../cycle.ts';
import { flavorsFor } from '../nominate.ts';
import { place } from '../place.ts';
import type { Refusal } from '../plan.ts';
import type { Quota } from '../quota.ts';
import type { Rooms } from '../rooms.ts';
import { selects } from '../selects.ts';
import type { Shape, ShapeGroup } from '../shape.ts';
import type { PendingJob } from '../snapshot.ts';
import { largestGang } from './largest-gang.ts';
import { say } from './say.ts';

/** What can not start however much becomes free; undefined when waiting may help. */
export function neverFits(cycle: Cycle, queue: number, shape: Shape): Refusal | undefined {
  const key = keyOf(queue, shape);
  if (cycle.never.has(key)) return cycle.never.get(key);
  const refusal = refusedForEver(cycle, queue, shape);
  cycle.never.set(key, refusal);
  return refusal;
}

function refusedForEver(cycle: Cycle, queue: number, shape: Shape): Refusal | undefined {
  const { quota: empty, rooms } = cycle.empty;
  const flavors = flavorsFor(cycle, queue);
  const allowed = flavors.filter((flavor) => empty.shortOf(queue, shape.total, flavor) === -1);
  if (allowed.length === 0) return quotaNever(cycle, empty, { queue, shape, flavor: flavors[0] ?? -1 });
  if (cycle.nodes.all.length === 0)
    return { reason: 'NoAgent', message: 'no agent is connected', alone: false };
  if (allowed.some((flavor) => everFits(cycle, shape, flavor))) return undefined;
  const most = largestGang(rooms, shape, allowed);
  const could = most === undefined ? '' : `; the largest that could ever start has ${most}`;
  const message = `${lacking(rooms, shape, allowed[0]!)} even when nothing else runs${could}`;
  return { reason: 'NeverFits', message, alone: true };
}

function everFits(cycle: Cycle, shape: Shape, flavor: number): boolean {
  const key = keyOf(flavor, shape);
  let fits = cycle.everFits.get(key);
  if (fits === undefined) {
    fits = place(cycle.empty.rooms, shape, { flavor, ends: 0 }) !== undefined;
    cycle.everFits.set(key, fits);
  }
  return fits;
}

function quotaNever(
  cycle: Cycle,
  empty: Quota,
  of: { queue: number; shape: Shape; flavor: number },
): Refusal {
  const { queue, shape, flavor } = of;
  const { name } = cycle.tree.queues[queue]!;
  const cell = empty.shortOf(queue, shape.total, flavor);
  if (cell === -1) {
    const message = `none of the flavors of queue ${name} exists`;
    return { reason: 'NeverFits', message, blockedBy: `queue/${name}`, alone: true };
  }
  const shortage = { ...namesOf(cycle, cell), queue: name, wanted: wantedOf(cycle, shape, cell) };
  const message = say.quotaNever({ ...shortage, available: empty.available(queue, cell) });
  return { reason: 'NeverFits', message, blockedBy: `queue/${name}`, alone: true };
}

/** What is used stands in the way. @param queue of the job */
export function quotaExceeded(cycle: Cycle, queue: number, shape: Shape): Refusal {
  const [flavor = -1] = flavorsFor(cycle, queue);
  const { quota, cells } = cycle;
  const cell = Math.max(0, quota.shortOf(queue, shape.total, flavor));
  const { name } = cycle.tree.queues[queue]!;
  const message = say.quota({
    ...namesOf(cycle, cell),
    queue: name,
    wanted: wantedOf(cycle, shape, cell),
    available: quota.available(queue, cell),
    used: quota.held[queue * cells.count + cell]!,
    nominal: quota.nominalOf(queue, cell),
  });
  return { reason: 'QuotaExceeded', message, blockedBy: `queue/${name}`, alone: false };
}

export function noRoom(cycle: Cycle, queue: number, shape: Shape): Refusal {
  const [flavor = -1] = flavorsFor(cycle, queue);
  const key = keyOf(flavor, shape);
  let refusal = cycle.short.get(key);
  if (!refusal) {
    const message = `${lacking(cycle.rooms, shape, flavor)} now`;
    refusal = { reason: 'InsufficientCapacity', message, alone: false };
    cycle.short.set(key, refusal);
  }
  return refusal;
}

export function behind(job: PendingJob, how: 'behind' | 'delays'): Refusal {
  const name = `${job.project}/${job.name}`;
  return { reason: 'BehindHigherRank', message: say[how], blockedBy: `job/${name}`, alone: false };
}

function namesOf({ cells }: Cycle, cell: number) {
  const width = cells.resources.length;
  return {
    resource: cells.resources[cell % width]!,
    flavor: cell < width ? undefined : cells.flavors[Math.floor(cell / width) - 1],
  };
}

function wantedOf({ cells }: Cycle, { total }: Shape, cell: number): number {
  return total.amounts[total.resources.indexOf(cell % cells.resources.length)] ?? 0;
}

/** Names what is short: the sum over the nodes, a single member that no node holds, or the way they lie. */
function lacking(rooms: Rooms, shape: Shape, flavor: number): string {
  const { members, total } = shape;
  const { resources, all } = rooms.nodes;
  const usable = shape.groups.map((group) => rooms.nodes.mask(group, flavor));
  const none = shape.groups.find((_, at) => !usable[at]!.includes(1));
  if (none) return nobodyFor(rooms, none);
  const gang = members === 1 ? '' : ` for ${members} members`;
  for (let i = 0; i < total.resources.length; i += 1) {
    const resource = total.resources[i]!;
    let there = 0;
    for (let node = 0; node < all.length; node += 1)
      if (usable.some((mask) => mask[node] === 1))
        there += Math.max(0, rooms.free[node * resources.length + resource]!);
    if (total.amounts[i]! <= there) continue;
    const name = resources[resource]!;
    return `needs ${formatAmount(name, total.amounts[i]!)} ${name}${gang}, there is ${formatAmount(name, there)}`;
  }
  const { topology } = shape;
  const within = topology?.required ? ` within one ${topology.level}` : '';
  return `no way to place its ${members} member(s)${within} on ${all.length} node(s)`;
}

function nobodyFor({ nodes }: Rooms, { group }: ShapeGroup): string {
  const labels = JSON.stringify(group.nodeSelector);
  const bare = nodes.all.filter((node) => selects({ ...node, taints: [] }, group, undefined));
  if (bare.length > 0)
    return `no node of the labels ${labels} is of its flavor and without a taint that it does not tolerate,`;
  return `no node that is not cordoned has the labels ${labels}`;
}
