/** The state of one cycle: the snapshot, indexed, and what has been decided so far. */
import { type Cells, cellsOf } from './cells.ts';
import { expectedEnd, type Holder } from './holder.ts';
import { fillHolders } from './fill.ts';
import type { Spot } from './place.ts';
import type { Admit, Preempt, Refusal, Reserve } from './plan.ts';
import { Quota } from './quota.ts';
import type { Flavor } from './queue.ts';
import { Nodes, Rooms } from './rooms.ts';
import { Shapes, type Shape } from './shape.ts';
import { Shares } from './share.ts';
import type { PendingJob, Snapshot } from './snapshot.ts';
import { type Tree, treeOf } from './tree.ts';

/** Durations that jobs state are within this much of the actual ones nine times in ten, thousandths. */
const DURATION_ERROR = 1500;

export interface Cycle {
  readonly snapshot: Snapshot;
  readonly now: number;
  readonly durationError: number;
  readonly tree: Tree;
  readonly cells: Cells;
  readonly flavors: readonly Flavor[];
  readonly flavorIndex: ReadonlyMap<string, number>;
  readonly nodes: Nodes;
  readonly shapes: Shapes;
  /** What is used now. */
  readonly quota: Quota;
  /** What will be used when reservations begin; the same object as `quota` while there are none. */
  shadow: Quota | undefined;
  /** By root of the tree: when its first reservation begins. */
  readonly quotaReservedAt: Float64Array;
  readonly rooms: Rooms;
  /** As if nothing ran. */
  readonly empty: { readonly quota: Quota; readonly rooms: Rooms };
  /** By flavor and shape: for jobs of at least this end there is no room, and never will be in this cycle. */
  readonly noRoom: Map<number, number>;
  /** By flavor and shape: whether empty nodes would hold it. */
  readonly everFits: Map<number, boolean>;
  /** Sentences that name what is short, by flavor and shape. */
  readonly short: Map<number, Refusal>;
  /** What can never fit, by queue and shape. */
  readonly never: Map<number, Refusal | undefined>;
  readonly shares: Shares;
  readonly holders: Holder[];
  /** Jobs of each queue that hold processes. */
  readonly running: Int32Array;
  readonly disrupted: Int32Array;
  readonly admits: Admitted[];
  readonly reserves: Reserved[];
  readonly preempts: Preempt[];
  readonly verdicts: Map<PendingJob, Refusal>;
  /** Those of `admits`. */
  readonly started: Set<PendingJob>;
}

/** An admission that may still grow. */
export interface Admitted {
  readonly job: PendingJob;
  readonly holder: Holder;
  readonly spot: Spot;
  readonly admit: Admit;
}

export interface Reserved {
  readonly job: PendingJob;
  readonly queue: number;
  readonly shape: Shape;
  readonly reserve: Reserve;
  readonly flavor: number;
  readonly parts: Holder['parts'];
}

/** For maps by queue, or flavor, and shape. @param of from -1 on */
export function keyOf(of: number, { index }: Shape): number {
  return (of + 1) * 2 ** 26 + index;
}

export function beginCycle(snapshot: Snapshot, now: number): Cycle {
  const tree = treeOf(snapshot.queues);
  const flavors = [...(snapshot.flavors ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = flavors.map(({ name }) => name);
  const cells = cellsOf(tree, resourcesOf(snapshot), names);
  const nodes = new Nodes(snapshot.nodes, cells.resourceIndex, flavors);
  const uses = new Map(snapshot.uses?.map(({ queue, use }) => [queue, use]));
  const disrupted = new Map(snapshot.uses?.map((use) => [use.queue, use.disrupted]));
  const cycle: Cycle = {
    snapshot,
    now,
    durationError: snapshot.durationError ?? DURATION_ERROR,
    tree,
    cells,
    flavors,
    flavorIndex: new Map(names.map((name, index) => [name, index])),
    nodes,
    shapes: new Shapes(cells.resourceIndex, (requests) => nodes.weigh(requests)),
    quota: new Quota(tree, cells),
    shadow: undefined,
    quotaReservedAt: new Float64Array(tree.queues.length).fill(Number.POSITIVE_INFINITY),
    rooms: new Rooms(nodes),
    empty: { quota: new Quota(tree, cells), rooms: new Rooms(nodes) },
    noRoom: new Map(),
    everFits: new Map(),
    short: new Map(),
    never: new Map(),
    shares: new Shares(tree, nodes.capacity, uses),
    holders: [],
    running: new Int32Array(tree.queues.length),
    disrupted: Int32Array.from(tree.queues, ({ name }) => disrupted.get(name) ?? 0),
    admits: [],
    reserves: [],
    preempts: [],
    verdicts: new Map(),
    started: new Set(),
  };
  fillHolders(cycle, (job) => expectedEnd(job, now));
  return cycle;
}

/** Of all that has amounts, by name. */
function resourcesOf({ queues, nodes, pending, holding }: Snapshot): string[] {
  const names = new Set<string>();
  const see = (amounts: object | undefined) => {
    for (const name in amounts) names.add(name);
  };
  for (const queue of queues) {
    for (const part of [queue, ...(queue.flavors ?? [])]) {
      see(part.quota);
      see(part.borrowing);
      see(part.lending);
    }
  }
  for (const node of nodes) see(node.allocatable);
  const seen = new Set<object>();
  for (const jobs of [pending, holding]) {
    for (const { groups } of jobs) {
      if (seen.has(groups)) continue;
      seen.add(groups);
      for (const { requests } of groups) see(requests);
    }
  }
  return [...names].sort();
}
