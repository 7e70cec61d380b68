/** Places a whole gang on the nodes of one agent, or not at all (invariant 4). Best fit, most demanding members first. */
import type { Resources } from '../job/spec.ts';
import { formatAmount } from '../kube/quantity.ts';
import type { Refusal } from './nominate.ts';
import type { MemberGroup, NodeSnapshot, PendingJob } from './snapshot.ts';
import { add, gangTotals, type Totals } from './usage.ts';

/** A node and what is left of it in this cycle. */
export interface NodeRoom {
  readonly node: NodeSnapshot;
  readonly free: Totals;
}

export interface Placement {
  readonly agent: string;
}

/** Takes the room of the gang on the first agent, in order of name, where all of it fits. */
export function place(job: PendingJob, rooms: readonly NodeRoom[]): Placement | Refusal {
  const agents = [...new Set(rooms.map(({ node }) => node.agent))].sort();
  if (agents.length === 0) return { reason: 'NoAgent', message: 'no agent is connected', alone: false };
  for (const agent of agents) {
    const taken = fitGang(
      job.groups,
      rooms.filter(({ node }) => node.agent === agent),
    );
    if (!taken) continue;
    for (const { room, requests } of taken) add(room.free, requests, -1);
    return { agent };
  }
  return neverFits(job, rooms) ?? noRoom(job, rooms);
}

interface Taken {
  readonly room: NodeRoom;
  readonly requests: Resources;
}

/** Tries on a copy: nothing is taken unless everything fits. */
function fitGang(groups: readonly MemberGroup[], rooms: readonly NodeRoom[]): Taken[] | undefined {
  const trial = rooms.map((room) => ({ room, free: new Map(room.free) }));
  const taken: Taken[] = [];
  for (const group of [...groups].sort(mostDemanding)) {
    for (let member = 0; member < group.count; member += 1) {
      const best = trial
        .filter((candidate) => holds(candidate, group))
        .sort((a, b) => tightness(a.free) - tightness(b.free))[0];
      if (!best) return undefined;
      add(best.free, group.requests, -1);
      taken.push({ room: best.room, requests: group.requests });
    }
  }
  return taken;
}

function holds({ room, free }: { room: NodeRoom; free: Totals }, group: MemberGroup): boolean {
  const { labels } = room.node;
  if (Object.entries(group.nodeSelector).some(([key, value]) => labels[key] !== value)) return false;
  return Object.entries(group.requests).every(([name, amount]) => amount <= (free.get(name) ?? 0));
}

function mostDemanding(a: MemberGroup, b: MemberGroup): number {
  return weight(b.requests) - weight(a.requests);
}

function weight(requests: Resources): number {
  return (
    (requests['nvidia.com/gpu'] ?? 0) * 1e9 + (requests.cpu ?? 0) * 1e3 + (requests.memory ?? 0) / 2 ** 20
  );
}

/** The fullest node that still holds the member is the best one. */
function tightness(free: Totals): number {
  return weight(Object.fromEntries(free));
}

/** Larger than all that there is, empty: waiting will not help. */
function neverFits(job: PendingJob, rooms: readonly NodeRoom[]): Refusal | undefined {
  const empty = rooms.map(({ node }) => ({ node, free: new Map(Object.entries(node.allocatable)) }));
  const agents = new Set(rooms.map(({ node }) => node.agent));
  if (
    [...agents].some((agent) =>
      fitGang(
        job.groups,
        empty.filter(({ node }) => node.agent === agent),
      ),
    )
  )
    return undefined;
  return { reason: 'NeverFits', message: `${lacking(job, empty)} even when nothing else runs`, alone: true };
}

function noRoom(job: PendingJob, rooms: readonly NodeRoom[]): Refusal {
  return { reason: 'InsufficientCapacity', message: `${lacking(job, rooms)} now`, alone: false };
}

/** Names what is short: the sum over the nodes, or a single member that no node holds. */
function lacking(job: PendingJob, rooms: readonly NodeRoom[]): string {
  const members = job.groups.reduce((sum, { count }) => sum + count, 0);
  const free: Totals = new Map();
  for (const room of rooms) add(free, room.free);
  for (const [name, wanted] of gangTotals(job.groups)) {
    const there = Math.max(0, free.get(name) ?? 0);
    if (wanted <= there) continue;
    const gang = members === 1 ? '' : ` for ${members} members`;
    return `needs ${formatAmount(name, wanted)} ${name}${gang}, there is ${formatAmount(name, there)}`;
  }
  const selector = job.groups.find(
    ({ nodeSelector }) => !rooms.some(({ node }) => matches(node, nodeSelector)),
  );
  if (selector) return `no node has the labels ${JSON.stringify(selector.nodeSelector)}`;
  return `no way to place its ${members} member(s) on ${rooms.length} node(s)`;
}

function matches(node: NodeSnapshot, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => node.labels[key] === value);
}
