/** How a queue is read. */
import type { QueryResultRow } from 'pg';
import type { Resources } from '../../../core/job/spec.ts';
import type { Queue, QueueState } from '../../../core/scheduling/queue.ts';
import type { Kept } from '../../../ports/queue-store.ts';

export const QUEUE_COLUMNS =
  'name, labels, description, quota, max_running, state, created_at, parent, policy';

/** What of a queue lies in one column. */
export type QueuePolicy = Pick<
  Queue,
  'borrowing' | 'lending' | 'flavors' | 'weight' | 'ordering' | 'preemption' | 'disruptions'
>;

export function policyOf(queue: Queue): QueuePolicy {
  const { borrowing, lending, flavors, weight, ordering, preemption, disruptions } = queue;
  return { borrowing, lending, flavors, weight, ordering, preemption, disruptions };
}

export interface QueueRow extends QueryResultRow {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  readonly quota: Resources;
  readonly max_running: number | null;
  readonly state: QueueState;
  readonly created_at: number;
  readonly parent: string | null;
  readonly policy: QueuePolicy;
}

export function toQueue(row: QueueRow): Kept<Queue> {
  return {
    name: row.name,
    labels: row.labels,
    description: row.description,
    quota: row.quota,
    maxRunning: row.max_running ?? undefined,
    state: row.state,
    createdAt: row.created_at,
    ...(row.parent === null ? {} : { parent: row.parent }),
    ...row.policy,
  };
}
