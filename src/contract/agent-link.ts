/**
 * The messages of the agent link. Both sides are level-triggered: the server states what should be,
 * the agent what it sees; losing a message costs time, never correctness. `seq` numbers the sender's
 * messages of one session; `ack` names the last one that was dealt with.
 */
import type { AttemptObservation, AttemptRef, AttemptSpec, StopOrder } from '../core/job/attempt.ts';
import type { Taint } from '../core/scheduling/queue.ts';

/** Rises when an older peer would misunderstand. */
export const LINK_PROTOCOL = 1;

export interface RunnerFactsMessage {
  readonly kind: 'process' | 'kubernetes' | 'simulated';
  readonly nodes: readonly {
    readonly name: string;
    readonly allocatable: Readonly<Record<string, number>>;
    readonly labels: Readonly<Record<string, string>>;
    readonly taints?: readonly Taint[] | undefined;
    readonly unschedulable?: boolean | undefined;
  }[];
}

/** What should be of one attempt. */
export type Desired =
  /**
   * Run it; with `stop`, stop it. `startedAt`: it was seen to run from then on (epoch milliseconds), so that
   * an agent whose runner does not hold it has lost it: it is not to be started a second time.
   */
  | {
      readonly want: 'run';
      readonly spec: AttemptSpec;
      readonly stop?: StopOrder | undefined;
      readonly startedAt?: number | undefined;
    }
  /** It has ended; keep its files until they are fetched. */
  | { readonly want: 'keep'; readonly ref: AttemptRef }
  /** Nothing of it is needed any more; `job`: nor of what its attempts share. */
  | { readonly want: 'forget'; readonly ref: AttemptRef; readonly job: boolean };

export type ToAgent =
  | { readonly type: 'welcome'; readonly protocol: number }
  /** `full`: the agent stops and forgets what is not listed. */
  | {
      readonly type: 'desired';
      readonly seq: number;
      readonly full: boolean;
      readonly attempts: readonly Desired[];
    }
  | { readonly type: 'ack'; readonly seq: number }
  | { readonly type: 'refused'; readonly why: string };

export type FromAgent =
  | {
      readonly type: 'hello';
      readonly protocol: number;
      readonly name: string;
      readonly facts: RunnerFactsMessage;
    }
  | { readonly type: 'observed'; readonly seq: number; readonly attempts: readonly AttemptObservation[] }
  | { readonly type: 'heartbeat'; readonly facts?: RunnerFactsMessage | undefined };

export type AttemptFileName =
  | { readonly kind: 'log'; readonly role: string; readonly index: number }
  | { readonly kind: 'output'; readonly name: string };

/** On the data connection: requests of the server, answered by the agent, in any order. */
export type ReadRequest =
  | {
      readonly type: 'read';
      readonly id: number;
      readonly ref: AttemptRef;
      readonly file: AttemptFileName;
      readonly offset: number;
      readonly limit: number;
    }
  | { readonly type: 'cancel'; readonly id: number };

export type ReadAnswer =
  | {
      readonly type: 'chunk';
      readonly id: number;
      readonly offset: number;
      readonly bytes: Uint8Array;
      readonly eof: boolean;
    }
  | { readonly type: 'missing'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

/** How often an agent is heard from, milliseconds. */
export const HEARTBEAT_EVERY = 5_000;
