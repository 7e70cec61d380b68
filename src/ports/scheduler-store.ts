/** The scheduling lease, the rows a cycle starts from, and the plan's way back. */

import type { Job } from '../core/job/job.ts';
import type { Transition } from '../core/job/transition.ts';
import type { Waiting } from '../core/scheduling/plan.ts';
import type { Snapshot } from '../core/scheduling/snapshot.ts';

export interface SchedulerLease {
  readonly holder: string;
  /** Grows with each change of hands; a plan made under an older one is refused. */
  readonly epoch: number;
  readonly expiresAt: number;
}

export interface SchedulerStore {
  /** Takes or renews the lease; undefined while another holds it. */
  acquire(holder: string, ttlMs: number): Promise<SchedulerLease | undefined>;
  release(lease: SchedulerLease): Promise<void>;
  snapshot(): Promise<Snapshot>;
  /** Jobs by uid, whole, to be decided on; live and ended alike. */
  jobs(uids: readonly string[]): Promise<readonly Job[]>;
  /**
   * Applies a plan in one transaction that holds the lease row `FOR SHARE`. Jobs that have moved
   * on are left out. Returns the uids applied; undefined when the lease is no longer ours.
   */
  apply(
    lease: SchedulerLease,
    transitions: readonly Transition[],
    waiting: readonly Waiting[],
  ): Promise<readonly string[] | undefined>;
}
