/** Queues, their grants and flavors, as the scheduler and the operations see them. Amounts are integers. */
import type { Resources, Toleration } from '../job/spec.ts';

export type QueueState = 'open' | 'paused' | 'draining';

/** What of one flavor a queue may use; within the queue's quota over all flavors, when it has one. */
export interface FlavorQuota {
  readonly flavor: string;
  readonly quota: Resources;
  readonly borrowing?: Resources | undefined;
  readonly lending?: Resources | undefined;
}

/**
 * `strict`: nothing passes the first job of the queue. `bestEffort`: others may start before it where that
 * does not delay it.
 */
export type QueueOrdering = 'strict' | 'bestEffort';

export interface PreemptionPolicy {
  /** Whether jobs of the queue may take the place of others of it that have a lower priority. */
  readonly withinQueue: 'lowerPriority' | 'never';
  /** Whose jobs, of queues that borrow, they may take the place of to get their own quota back. */
  readonly reclaim: 'any' | 'lowerPriority' | 'never';
}

/** How often jobs of a queue may be preempted. */
export interface DisruptionBudget {
  /** Each, in its life. */
  readonly perJob?: number | undefined;
  /** All together, in an hour. */
  readonly perHour?: number | undefined;
}

export interface Queue {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  /** Siblings of one parent lend to each other what they do not use. */
  readonly parent?: string | undefined;
  /** Its own: what jobs that hold processes may request together. A resource that no queue of the tree names is not limited. */
  readonly quota: Resources;
  /** Most beyond its own quota; what is not named is limited by what others lend. */
  readonly borrowing?: Resources | undefined;
  /** Most of its own quota that others may use; what is not named is lent as a whole. */
  readonly lending?: Resources | undefined;
  /** Kinds of capacity that its jobs may use, in the order in which they are tried; those of its parent when there are none. */
  readonly flavors?: readonly FlavorQuota[] | undefined;
  /** Its part of what siblings share, beside theirs; 1 when not given. */
  readonly weight?: number | undefined;
  readonly ordering?: QueueOrdering | undefined;
  readonly preemption?: PreemptionPolicy | undefined;
  readonly disruptions?: DisruptionBudget | undefined;
  readonly maxRunning?: number | undefined;
  /** `paused` starts nothing; `draining` also accepts nothing. Both reach down the tree. */
  readonly state: QueueState;
}

/** A project may use a queue, up to a priority. */
export interface QueueGrant {
  readonly project: string;
  readonly queue: string;
  readonly maxPriority: number;
}

export interface Taint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** A kind of capacity: nodes with these labels. */
export interface Flavor {
  readonly name: string;
  readonly description?: string | undefined;
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** Of its nodes: jobs of the flavor tolerate them without saying so. */
  readonly tolerations?: readonly Toleration[] | undefined;
  /** Thousandths of a currency's unit an hour of one node; told to people, and breaks no tie. */
  readonly price?: number | undefined;
}

export const DEFAULT_PREEMPTION: PreemptionPolicy = { withinQueue: 'lowerPriority', reclaim: 'any' };

/** What a queue may be preempted when it does not say: often enough for any policy, and not for ever. */
export const DEFAULT_DISRUPTIONS_PER_JOB = 10;
