/** What a cycle decided, as data. A controller carries it out. */
import type { PendingReason } from '../job/state.ts';

export interface Admit {
  readonly uid: string;
  readonly agent: string;
}

/** A job that stays pending, and why. `changed` is false when the store says the same already. */
export interface Waiting {
  readonly uid: string;
  readonly version: number;
  readonly reason: PendingReason;
  readonly message: string;
  /** Place in its queue, from 1. */
  readonly position: number;
  /** The job or queue that is in the way, if it is one. */
  readonly blockedBy?: string | undefined;
}

export interface Plan {
  readonly admit: readonly Admit[];
  /** Filled by the full scheduler; part of the signature from the start. */
  readonly reserve: readonly { readonly uid: string; readonly agent: string }[];
  readonly preempt: readonly { readonly uid: string; readonly by: string }[];
  readonly explain: readonly Waiting[];
}
