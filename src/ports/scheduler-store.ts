/** The scheduling lease, the rows a cycle starts from, and the plan's way back. */
import type { Job } from '../core/job/job.ts';
import type { Transition } from '../core/job/transition.ts';
import type { Waiting } from '../core/scheduling/plan.ts';
import type { HoldingJob, PendingJob, Snapshot } from '../core/scheduling/snapshot.ts';
import type { KeptUse } from '../core/scheduling/uses.ts';
import type { RecordedDecision } from './planner.ts';

export interface SchedulerLease {
  readonly holder: string;
  /** Grows with each change of hands; a plan made under an older one is refused. */
  readonly epoch: number;
  readonly expiresAt: number;
}

/** What a snapshot has beside its jobs. */
export type ScheduledRest = Pick<Snapshot, 'queues' | 'grants' | 'flavors' | 'nodes'>;

export interface KeptDecision extends RecordedDecision {
  /** From 1 on, without gaps. */
  readonly seq: number;
}

export interface PlanToApply {
  readonly transitions: readonly Transition[];
  /** Reasons of jobs that go on waiting. */
  readonly waiting: readonly Waiting[];
  /** Kept in the same transaction. */
  readonly decision?: KeptDecision | undefined;
}

export interface SchedulerStore {
  /** Takes or renews the lease; undefined while another holds it. */
  acquire(holder: string, ttlMs: number): Promise<SchedulerLease | undefined>;
  release(lease: SchedulerLease): Promise<void>;
  /** Jobs by uid, whole, to be decided on; live and ended alike. */
  jobs(uids: readonly string[]): Promise<readonly Job[]>;
  /**
   * Applies a plan in one transaction that holds the lease row `FOR SHARE`. Jobs that have moved
   * on are left out. Returns the uids applied; undefined when the lease is no longer ours.
   */
  apply(lease: SchedulerLease, plan: PlanToApply): Promise<readonly string[] | undefined>;
}

/** What the board is made of, and kept up to date with. */
export interface BoardStore {
  snapshot(): Promise<Snapshot>;
  rest(): Promise<ScheduledRest>;
  /** Jobs as they are now; those that neither wait nor hold are left out. */
  changed(
    uids: readonly string[],
  ): Promise<{ pending: readonly PendingJob[]; holding: readonly HoldingJob[] }>;
  /** Of every job that waits its version, of every one that holds -1. */
  versions(): Promise<ReadonlyMap<string, number>>;
  uses(): Promise<readonly KeptUse[]>;
  keepUses(lease: SchedulerLease, uses: readonly KeptUse[]): Promise<void>;
}

export interface DecisionPage {
  readonly from: number;
  readonly limit: number;
  readonly base: boolean;
}

/** Every decision of the scheduler, in order. */
export interface DecisionStore {
  /** Of the latest; 0 when there is none. */
  last(): Promise<number>;
  /** Oldest first, from a number on; with `base` from the last base at or before it. */
  read(page: DecisionPage): Promise<readonly KeptDecision[]>;
  /** Removes those before a moment, but for what the first that stays is made on. How many. */
  prune(before: number): Promise<number>;
}
