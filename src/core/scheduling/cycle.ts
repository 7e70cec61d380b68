/** The state of one cycle: the snapshot, indexed, and what has been decided so far. */
import type { Board } from './board.ts';
import type { Cells } from './cells.ts';
import { expectedEnd, type Holder } from './holder.ts';
import type { Spot } from './place.ts';
import type { Admit, Preempt, Refusal, Reserve } from './plan.ts';
import type { Flavor } from './queue.ts';
import type { Quota } from './quota.ts';
import type { Nodes, Rooms } from './rooms.ts';
import type { Shape } from './shape.ts';
import type { Shares } from './share.ts';
import type { PendingJob, Snapshot } from './snapshot.ts';
import type { Tree } from './tree.ts';

/** Durations that jobs state are within this much of the actual ones nine times in ten, thousandths. */
const DURATION_ERROR = 1500;

/** What a cycle takes from a snapshot beside its board. */
export type CycleInput = Pick<Snapshot, 'uses' | 'durationError' | 'reserved'>;

export interface Cycle {
  readonly board: Board;
  readonly now: number;
  readonly durationError: number;
  readonly reserved: readonly Reserve[];
  readonly tree: Tree;
  readonly cells: Cells;
  readonly flavors: readonly Flavor[];
  readonly flavorIndex: ReadonlyMap<string, number>;
  readonly nodes: Nodes;
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
  /** Who may be stopped at all, by queue; made when it is first needed. */
  stoppable: { readonly byQueue: readonly Holder[][]; readonly overrun: readonly Holder[] } | undefined;
  /** Holders by their ends; made anew when one was added or is stopped. */
  leaving: { readonly of: readonly Holder[]; readonly holders: number; readonly stops: number } | undefined;
  readonly admits: Admitted[];
  readonly reserves: Reserved[];
  readonly preempts: Preempt[];
  /** Of jobs by uid, where it is not that of all of their shape. */
  readonly verdicts: Map<string, Refusal>;
  /** Uids of `admits`. */
  readonly started: Set<string>;
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

/** @param rest of the snapshot that the board was made of */
export function beginCycle(board: Board, rest: CycleInput, now: number): Cycle {
  const { tree } = board;
  const disrupted = new Map(rest.uses?.map((use) => [use.queue, use.disrupted]));
  return {
    ...lookups(board),
    board,
    now,
    durationError: rest.durationError ?? DURATION_ERROR,
    reserved: rest.reserved ?? [],
    quota: board.quota.copy(),
    shadow: undefined,
    quotaReservedAt: new Float64Array(tree.queues.length).fill(Number.POSITIVE_INFINITY),
    rooms: board.rooms.copy(),
    empty: board.empty,
    noRoom: new Map(),
    everFits: new Map(),
    short: new Map(),
    never: new Map(),
    shares: board.shares.copy(new Map(rest.uses?.map(({ queue, use }) => [queue, use]))),
    holders: [...board.holders.values()].map((holder) => ({
      ...holder,
      ends: expectedEnd(holder.job!, now),
    })),
    running: board.running.slice(),
    disrupted: Int32Array.from(tree.queues, ({ name }) => disrupted.get(name) ?? 0),
    stoppable: undefined,
    leaving: undefined,
    admits: [],
    reserves: [],
    preempts: [],
    verdicts: new Map(),
    started: new Set(),
  };
}

function lookups({ tree, cells, flavors, flavorIndex, nodes }: Board) {
  return { tree, cells, flavors, flavorIndex, nodes };
}
