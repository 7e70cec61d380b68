/**
 * What one cycle sees: immutable, complete, and small. Amounts are integers in the units of
 * `core/job/spec.ts`.
 */
import type { Resources } from '../job/spec.ts';
import type { PendingReason } from '../job/state.ts';
import type { Queue, QueueGrant } from './queue.ts';

/** Members alike; the gang is all groups of a job together. */
export interface MemberGroup {
  readonly count: number;
  readonly requests: Resources;
  readonly nodeSelector: Readonly<Record<string, string>>;
}

export interface PendingJob {
  readonly uid: string;
  readonly name: string;
  readonly project: string;
  readonly queue: string;
  readonly priority: number;
  /** Epoch milliseconds; age counts from here. */
  readonly createdAt: number;
  readonly startAfter?: number | undefined;
  readonly groups: readonly MemberGroup[];
  /** As it stands in the store, so that only changes are written back. */
  readonly reason: PendingReason;
  readonly message: string;
  readonly version: number;
}

/** A job that holds quota and capacity, whatever it is doing. */
export interface HoldingJob {
  readonly uid: string;
  readonly name: string;
  readonly project: string;
  readonly queue: string;
  readonly agent: string;
  readonly groups: readonly MemberGroup[];
}

export interface NodeSnapshot {
  readonly agent: string;
  readonly name: string;
  readonly allocatable: Resources;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Snapshot {
  readonly queues: readonly Queue[];
  readonly grants: readonly QueueGrant[];
  /** Of agents that are connected. */
  readonly nodes: readonly NodeSnapshot[];
  readonly pending: readonly PendingJob[];
  readonly holding: readonly HoldingJob[];
}
