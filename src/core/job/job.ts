/**
 * The job: what was asked for, what it is now, and what its attempts came to. A job is a value;
 * every change is a `Transition` that a decision of this folder made and the store applied to the
 * version it was made on.
 */

import type { Preempt } from '../scheduling/plan.ts';
import type { Placed } from '../scheduling/snapshot.ts';
import type { AttemptOutcome, MemberObservation, OutputFile } from './attempt.ts';
import type { JobSpec } from './spec.ts';
import type { JobState } from './state.ts';

/** Why an attempt lost its place, and to whom. */
export type PreemptedBy = Pick<Preempt, 'by' | 'byName' | 'reason' | 'lostMs'>;

/** What is kept of one attempt. The job's record carries the last `KEPT_ATTEMPTS` of them. */
export interface AttemptRecord {
  readonly number: number;
  readonly agent: string;
  /** Of its nodes, where its queue has flavors. */
  readonly flavor?: string | undefined;
  /** The zone, rack or node that holds all of it, where the job asked for one. */
  readonly domain?: string | undefined;
  /** Members of each role that it was admitted with; the least of each when not given. */
  readonly size?: readonly number[] | undefined;
  /** Where its members were put, role by role. */
  readonly placed?: readonly Placed[] | undefined;
  /** It passed the first of its queue, which it was expected not to delay. */
  readonly backfilled?: boolean | undefined;
  readonly preempted?: PreemptedBy | undefined;
  readonly admittedAt: number;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly outcome?: AttemptOutcome | undefined;
  readonly members: readonly MemberObservation[];
  readonly outputs: readonly OutputFile[];
}

/** What a task came to, and how far it is. */
export interface TaskOutcome {
  /** JSON; absent when it is large and lies with the blobs. */
  readonly result?: string | undefined;
  /** Bytes of JSON, of a result that lies with the blobs. */
  readonly resultBytes?: number | undefined;
  readonly progress?: TaskProgress | undefined;
}

export interface TaskProgress {
  /** From 0 to 1. */
  readonly fraction?: number | undefined;
  readonly message?: string | undefined;
  readonly at: number;
}

/** Older attempts are dropped from the record (their events stay), so that a row stays small. */
export const KEPT_ATTEMPTS = 20;

/** What was charged so far; each has its own limit (DESIGN.md, "The job"). */
export interface Charges {
  /** Failed attempts, against `retry.limit`. */
  readonly failed: number;
  /** Attempts lost with a machine, a shim or an agent, against `LOSS_LIMIT`. */
  readonly lost: number;
  readonly preempted: number;
}

/** Losses in a row of which the job may still be innocent; a job that kills its machine each time is not. */
export const LOSS_LIMIT = 10;

export interface Job {
  readonly uid: string;
  readonly project: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: JobSpec;
  readonly state: JobState;
  /** Grows with each transition; the API's `resourceVersion`. */
  readonly version: number;
  readonly submittedBy: string;
  /** Epoch milliseconds; age in the queue counts from `createdAt`, so no retry loses its place. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt?: number | undefined;
  /** The number of the latest attempt: the fence. 0 before the first. */
  readonly fence: number;
  readonly charges: Charges;
  readonly attempts: readonly AttemptRecord[];
  /** Of a task. */
  readonly outcome?: TaskOutcome | undefined;
}

/** The record of the attempt that is, or was last, current. */
export function currentAttempt(job: Job): AttemptRecord | undefined {
  return job.attempts.at(-1);
}
