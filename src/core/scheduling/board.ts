/**
 * A snapshot, indexed for the scheduler, and kept up to date from one cycle to the next: an event changes a few
 * entries, not fifty thousand. A board that was updated and one that was made anew plan the same.
 */
import { admissible } from './admissible.ts';
import { type Cells, cellsOf } from './cells.ts';
import { charge, placedParts, unplacedParts } from './fill.ts';
import { type Holder, totalOf } from './holder.ts';
import type { Refusal } from './plan.ts';
import type { Flavor, QueueGrant } from './queue.ts';
import { Quota } from './quota.ts';
import { staticRank } from './rank.ts';
import { Nodes, Rooms } from './rooms.ts';
import { type Shape, Shapes } from './shape.ts';
import { Shares } from './share.ts';
import type { HoldingJob, JobFacts, PendingJob, Snapshot } from './snapshot.ts';
import { type Tree, treeOf } from './tree.ts';

/** A job that waits, with what is derived of it once. */
export interface Entry {
  readonly job: PendingJob;
  /** -1: it may not be in its queue, see `refusal`. */
  readonly queue: number;
  readonly shape: Shape;
  readonly rank: number;
  readonly refusal: Refusal | undefined;
}

/** What changed since the snapshot before. Whatever is named is whole. */
export interface Delta {
  readonly pending?: readonly PendingJob[] | undefined;
  readonly holding?: readonly HoldingJob[] | undefined;
  /** Uids that neither wait nor hold any more. */
  readonly gone?: readonly string[] | undefined;
  /** Everything else of a snapshot, when any of it changed. */
  readonly rest?: Omit<Snapshot, 'pending' | 'holding'> | undefined;
}

/** Shapes are never forgotten: a board that has seen many more than it has is made anew. */
const MOST_SHAPES = 10_000;

export class Board {
  readonly tree: Tree;
  readonly cells: Cells;
  readonly flavors: readonly Flavor[];
  readonly flavorIndex: ReadonlyMap<string, number>;
  readonly nodes: Nodes;
  readonly shapes: Shapes;
  /** Of each queue, by rank. */
  readonly lines: readonly Entry[][];
  /** Of queues that are not there, or not granted. */
  readonly outside = new Map<string, Entry>();
  readonly holders = new Map<string, Holder>();
  readonly entries = new Map<string, Entry>();
  /** Those for whom others are being stopped. */
  readonly awaited = new Map<string, Entry>();
  /** With all holders charged. */
  readonly quota: Quota;
  readonly rooms: Rooms;
  readonly shares: Shares;
  readonly running: Int32Array;
  /** As if nothing ran. */
  readonly empty: { readonly quota: Quota; readonly rooms: Rooms };
  readonly #grants = new Map<string, Map<string, number>>();

  constructor(snapshot: Snapshot) {
    const { queues, grants, nodes, pending, holding } = snapshot;
    this.tree = treeOf(queues);
    this.flavors = [...(snapshot.flavors ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
    const names = this.flavors.map(({ name }) => name);
    this.flavorIndex = new Map(names.map((name, index) => [name, index]));
    this.cells = cellsOf(this.tree, resourcesOf(snapshot), names);
    this.nodes = new Nodes(nodes, this.cells.resourceIndex, this.flavors);
    this.shapes = new Shapes(this.cells.resourceIndex, (requests) => this.nodes.weigh(requests));
    this.quota = new Quota(this.tree, this.cells);
    this.rooms = new Rooms(this.nodes);
    this.shares = new Shares(this.tree, this.nodes.capacity);
    this.running = new Int32Array(queues.length);
    this.empty = { quota: new Quota(this.tree, this.cells), rooms: new Rooms(this.nodes) };
    for (const grant of grants) this.#grant(grant);
    this.lines = this.tree.queues.map((): Entry[] => []);
    this.#fill(holding);
    for (const job of pending) this.#add(this.#entry(job));
    for (const line of this.lines) sortByRank(line);
  }

  #grant({ project, queue, maxPriority }: QueueGrant): void {
    const of = this.#grants.get(queue) ?? new Map<string, number>();
    this.#grants.set(queue, of.set(project, maxPriority));
  }

  /** Those whose nodes are known go first: the rest is put where it fits beside them. */
  #fill(holding: readonly HoldingJob[]): void {
    const jobs = [...holding].sort((a, b) => (a.uid < b.uid ? -1 : 1));
    for (const job of jobs.filter(({ placed }) => placed !== undefined)) this.#hold(job);
    for (const job of jobs.filter(({ placed }) => placed === undefined)) this.#hold(job);
  }

  /**
   * @returns whether it could: what changes the queues, the nodes or the resources there are, or holds where nobody
   * wrote it down, needs a new board
   */
  update({ pending = [], holding = [], gone = [] }: Omit<Delta, 'rest'>): boolean {
    const jobs: readonly JobFacts[] = [...pending, ...holding];
    if (this.shapes.all.length > MOST_SHAPES + 2 * (this.entries.size + this.holders.size)) return false;
    if (jobs.some(({ groups }) => !this.#knows(groups))) return false;
    if (holding.some(({ placed }) => placed === undefined)) return false;
    const old = [...gone, ...jobs.map(({ uid }) => uid)];
    if (old.some((uid) => this.holders.get(uid)?.job?.placed === undefined && this.holders.has(uid)))
      return false;
    for (const uid of old) this.#remove(uid);
    for (const job of holding) this.#hold(job);
    for (const job of pending) this.#insert(this.#entry(job));
    return true;
  }

  /** This board with the changes, or a new one where that is needed. @param rest of what it was made of */
  with(delta: Omit<Delta, 'rest'>, rest: Omit<Snapshot, 'pending' | 'holding'>): Board {
    if (this.update(delta)) return this;
    return new Board(withJobs({ ...rest, ...this.jobs() }, delta));
  }

  jobs(): Pick<Snapshot, 'pending' | 'holding'> {
    return {
      pending: [...this.entries.values()].map(({ job }) => job),
      holding: [...this.holders.values()].flatMap(({ job }) => job ?? []),
    };
  }

  #knows(groups: JobFacts['groups']): boolean {
    const { resourceIndex } = this.cells;
    return groups.every(({ requests }) => Object.keys(requests).every((name) => resourceIndex.has(name)));
  }

  #entry(job: PendingJob): Entry {
    const queue = this.tree.indexOf.get(job.queue);
    const refusal = admissible(job, queue, this.#grants.get(job.queue)?.get(job.project));
    const rank = staticRank(job);
    return { job, queue: refusal ? -1 : queue!, shape: this.shapes.of(job), rank, refusal };
  }

  #add(entry: Entry): void {
    this.#know(entry);
    if (entry.queue === -1) this.outside.set(entry.job.uid, entry);
    else this.lines[entry.queue]!.push(entry);
  }

  #insert(entry: Entry): void {
    this.#know(entry);
    if (entry.queue === -1) {
      this.outside.set(entry.job.uid, entry);
      return;
    }
    const line = this.lines[entry.queue]!;
    line.splice(placeIn(line, entry), 0, entry);
  }

  #know(entry: Entry): void {
    const { uid, reason } = entry.job;
    this.entries.set(uid, entry);
    if (reason === 'WaitsForStops') this.awaited.set(uid, entry);
  }

  #remove(uid: string): void {
    const entry = this.entries.get(uid);
    if (entry) {
      this.entries.delete(uid);
      this.awaited.delete(uid);
      this.outside.delete(uid);
      const line = this.lines[entry.queue];
      if (line) line.splice(placeIn(line, entry), 1);
    }
    const holder = this.holders.get(uid);
    if (!holder) return;
    this.holders.delete(uid);
    this.#charge(holder, -1);
  }

  #hold(job: HoldingJob): void {
    const shape = this.shapes.of(job);
    const parts = job.placed ? placedParts(this.nodes, job, shape) : unplacedParts(this, job, shape);
    const holder: Holder = {
      uid: job.uid,
      job,
      queue: this.tree.indexOf.get(job.queue) ?? -1,
      priority: job.priority,
      shape,
      flavor: job.flavor === undefined ? -1 : (this.flavorIndex.get(job.flavor) ?? -1),
      parts,
      total: job.placed ? totalOf(parts) : shape.total,
      ends: 0,
      stopping: job.stopsBy !== undefined,
    };
    this.holders.set(job.uid, holder);
    this.#charge(holder, 1);
  }

  #charge(holder: Holder, times: 1 | -1): void {
    charge(this, holder, times);
    if (holder.queue === -1) return;
    this.running[holder.queue]! += times;
    this.shares.charge(holder.queue, holder.total, times);
  }
}

/** The order of a line: by rank; then who came first; then by uid, so that nothing is left to chance. */
function inOrder(a: Entry, b: Entry): number {
  return (
    b.rank - a.rank ||
    a.job.createdAt - b.job.createdAt ||
    (a.job.uid < b.job.uid ? -1 : Number(a.job.uid > b.job.uid))
  );
}

/** In place. By numbers that lie together, because fifty thousand entries are compared a million times. */
function sortByRank(line: Entry[]): void {
  if (line.length < 2) return;
  const ranks = Float64Array.from(line, ({ rank }) => rank);
  const order = Uint32Array.from(line.keys()).sort(
    (a, b) => ranks[b]! - ranks[a]! || inOrder(line[a]!, line[b]!),
  );
  const sorted = Array.from(order, (index) => line[index]!);
  for (let at = 0; at < line.length; at += 1) line[at] = sorted[at]!;
}

/** Where an entry is, or would be. */
function placeIn(line: readonly Entry[], entry: Entry): number {
  let low = 0;
  let high = line.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (inOrder(line[middle]!, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
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

/** A snapshot with what a delta changes of its jobs. */
export function withJobs(snapshot: Snapshot, { pending = [], holding = [], gone = [] }: Delta): Snapshot {
  const old = new Set([...gone, ...pending.map(({ uid }) => uid), ...holding.map(({ uid }) => uid)]);
  return {
    ...snapshot,
    pending: [...snapshot.pending.filter(({ uid }) => !old.has(uid)), ...pending],
    holding: [...snapshot.holding.filter(({ uid }) => !old.has(uid)), ...holding],
  };
}
