/** How a queue grant is read. */
import type { QueryResultRow } from 'pg';
import type { QueueGrant } from '../../../core/scheduling/queue.ts';
import type { Kept } from '../../../ports/queue-store.ts';

export const GRANT_COLUMNS = 'project, queue, max_priority, created_at';

export interface GrantRow extends QueryResultRow {
  readonly project: string;
  readonly queue: string;
  readonly max_priority: number;
  readonly created_at: number;
}

export function toGrant(row: GrantRow): Kept<QueueGrant> {
  return {
    project: row.project,
    queue: row.queue,
    maxPriority: row.max_priority,
    createdAt: row.created_at,
  };
}
