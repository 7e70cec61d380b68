/** Queues and grants, as the scheduler and the operations see them. */
import type { Resources } from '../job/spec.ts';

export type QueueState = 'open' | 'paused' | 'draining';

export interface Queue {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  /** Most that jobs which hold processes may request together; a resource that is not named is not limited. */
  readonly quota: Resources;
  readonly maxRunning?: number | undefined;
  /** `paused` starts nothing; `draining` also accepts nothing. */
  readonly state: QueueState;
}

/** A project may use a queue, up to a priority. */
export interface QueueGrant {
  readonly project: string;
  readonly queue: string;
  readonly maxPriority: number;
}
