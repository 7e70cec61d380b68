/**
 * What one cycle sees: immutable, complete, and small. Amounts are integers in the units of
 * `core/job/spec.ts`, moments epoch milliseconds, durations milliseconds.
 */
import type { Resources, Toleration, Topology } from '../job/spec.ts';
import type { PendingReason } from '../job/state.ts';
import type { Reserve } from './plan.ts';
import type { Flavor, Queue, QueueGrant, Taint } from './queue.ts';

/** Members alike; the gang is all groups of a job together. */
export interface MemberGroup {
  /** What it starts with at least. */
  readonly count: number;
  /** What it can use; `count` when not given. */
  readonly max?: number | undefined;
  readonly requests: Resources;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[] | undefined;
}

/** What the scheduler knows of a job whatever it is doing. */
export interface JobFacts {
  readonly uid: string;
  readonly name: string;
  readonly project: string;
  readonly queue: string;
  readonly priority: number;
  /** Age counts from here. */
  readonly createdAt: number;
  /** Jobs that ask for the same share one array, so that the scheduler looks at it once. */
  readonly groups: readonly MemberGroup[];
  readonly topology?: Topology | undefined;
  readonly expectedMs?: number | undefined;
  readonly checkpointEveryMs?: number | undefined;
  /** From the moment at which it is stopped to the end of its processes, at most. */
  readonly graceMs?: number | undefined;
  /** So far. */
  readonly preemptions?: number | undefined;
}

export interface PendingJob extends JobFacts {
  readonly startAfter?: number | undefined;
  /** As it stands in the store, so that only changes are written back. `WaitsForStops`: room is kept for it. */
  readonly reason: PendingReason;
  readonly message: string;
  readonly version: number;
}

/** So many members of one group on one node. */
export interface Placed {
  readonly node: string;
  readonly group: number;
  readonly count: number;
}

/** A job that holds quota and capacity, whatever it is doing. */
export interface HoldingJob extends JobFacts {
  readonly agent: string;
  readonly flavor?: string | undefined;
  /** Absent when nobody wrote down where its members are. */
  readonly placed?: readonly Placed[] | undefined;
  readonly admittedAt?: number | undefined;
  readonly startedAt?: number | undefined;
  readonly lastCheckpointAt?: number | undefined;
  /** It started before the first of its queue because it was expected to end in time. */
  readonly backfilled?: boolean | undefined;
  /** By when it is gone, at the latest: it is being stopped. */
  readonly stopsBy?: number | undefined;
  /** Its agent is not heard: it can not be stopped. */
  readonly unreachable?: boolean | undefined;
}

export interface NodeSnapshot {
  readonly agent: string;
  readonly name: string;
  readonly allocatable: Resources;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[] | undefined;
  /** Cordoned: what runs there stays, nothing is added. */
  readonly unschedulable?: boolean | undefined;
}

/** What a queue has used of late: see `use.ts`. */
export interface QueueUse {
  readonly queue: string;
  readonly use: number;
  /** Its jobs that were preempted in the last hour. */
  readonly disrupted: number;
}

export interface Snapshot {
  readonly queues: readonly Queue[];
  readonly grants: readonly QueueGrant[];
  readonly flavors?: readonly Flavor[] | undefined;
  /** Of agents that are connected. */
  readonly nodes: readonly NodeSnapshot[];
  readonly pending: readonly PendingJob[];
  readonly holding: readonly HoldingJob[];
  readonly uses?: readonly QueueUse[] | undefined;
  /** Room that the plan before kept for those for whom others are stopped, in its order; nothing after a restart. */
  readonly reserved?: readonly Reserve[] | undefined;
  /** Actual durations are within this many thousandths of the expected ones nine times in ten; 1500 when not given. */
  readonly durationError?: number | undefined;
}
