/** What a cycle decided, as data. A controller carries it out. */
import type { PendingReason } from '../job/state.ts';
import type { Placed } from './snapshot.ts';

export interface Admit {
  readonly uid: string;
  readonly agent: string;
  readonly flavor?: string | undefined;
  /** The zone, rack or node within which all members are, where the job asked for one. */
  readonly domain?: string | undefined;
  /** Members of each group; more than the least where an elastic gang found room. */
  readonly members: readonly number[];
  readonly placed: readonly Placed[];
  /** It passes the first of its queue, which it is expected not to delay. */
  readonly backfilled: boolean;
}

export type ReserveReason = 'capacity' | 'quota' | 'preemption';

/** Room is kept for a job that can not start yet. */
export interface Reserve {
  readonly uid: string;
  readonly agent: string;
  readonly flavor?: string | undefined;
  readonly domain?: string | undefined;
  /** When it is expected to start. */
  readonly at: number;
  readonly reason: ReserveReason;
  readonly placed: readonly Placed[];
}

/** `Reclaimed`: its queue lent from others that want it back. `Overrun`: it was let past the head, and is not done. */
export type PreemptReason = 'Reclaimed' | 'HigherPriority' | 'Overrun';

export interface Preempt {
  readonly uid: string;
  /** The job that gets the place: uid, and `project/name` for people. */
  readonly by: string;
  readonly byName: string;
  readonly reason: PreemptReason;
  /** Work that is done again: time since its last checkpoint, milliseconds of the whole gang. */
  readonly lostMs: number;
}

/** Why a job can not start. Many jobs of a queue share one. */
export interface Refusal {
  readonly reason: PendingReason;
  readonly message: string;
  /** `job/PROJECT/NAME`, `queue/NAME`. */
  readonly blockedBy?: string | undefined;
  /** What is in the way is this job's alone: others of its queue go on. */
  readonly alone: boolean;
}

/** Every job that stays pending: queues by name, the jobs of each by rank. */
export interface Explanation {
  readonly uids: readonly string[];
  /** Into `refusals`, for each uid. */
  readonly refusal: Int32Array;
  /** Place in its queue, from 1, for each uid. */
  readonly position: Int32Array;
  readonly refusals: readonly Refusal[];
}

export interface Plan {
  readonly admit: readonly Admit[];
  readonly reserve: readonly Reserve[];
  readonly preempt: readonly Preempt[];
  readonly explain: Explanation;
}

/** A job that stays pending, and why, as it is written to the store. */
export interface Waiting {
  readonly uid: string;
  readonly version: number;
  readonly reason: PendingReason;
  readonly message: string;
}

/** What the explanation says of each job, in its order. */
export function* verdicts({ uids, refusal, position, refusals }: Explanation) {
  for (let at = 0; at < uids.length; at += 1) {
    yield { uid: uids[at]!, position: position[at]!, ...refusals[refusal[at]!]! };
  }
}
