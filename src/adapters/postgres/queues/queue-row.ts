/** How a queue is read. */
import type { QueryResultRow } from 'pg';
import type { Resources } from '../../../core/job/spec.ts';
import type { Queue, QueueState } from '../../../core/scheduling/queue.ts';
import type { Kept } from '../../../ports/queue-store.ts';

export const QUEUE_COLUMNS = 'name, labels, description, quota, max_running, state, created_at';

export interface QueueRow extends QueryResultRow {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  readonly quota: Resources;
  readonly max_running: number | null;
  readonly state: QueueState;
  readonly created_at: number;
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
  };
}
