/** What waits, for a cycle: without its spec, which a queue of many jobs would make long to read. */
import type { QueryResultRow } from 'pg';
import type { PendingReason } from '../../../core/job/state.ts';
import type { MemberGroup, PendingJob } from '../../../core/scheduling/snapshot.ts';
import { statement } from '../statement.ts';

interface PendingRow extends QueryResultRow {
  readonly uid: string;
  readonly name: string;
  readonly project: string;
  readonly queue: string;
  readonly priority: number;
  readonly created_at: number;
  readonly start_after: number | null;
  readonly gang: readonly MemberGroup[];
  readonly reason: PendingReason;
  readonly message: string;
  readonly version: number;
}

export const pendingJobs = statement({
  name: 'snapshot_pending',
  text: `
    SELECT uid, name, project, queue, priority, created_at, start_after, gang,
           state ->> 'reason' AS reason, state ->> 'message' AS message, version
      FROM job WHERE state_name = 'pending' ORDER BY created_at, uid`,
  values: (_: undefined) => [],
  row: (row: PendingRow): PendingJob => ({
    uid: row.uid,
    name: row.name,
    project: row.project,
    queue: row.queue,
    priority: row.priority,
    createdAt: row.created_at,
    startAfter: row.start_after ?? undefined,
    groups: row.gang,
    reason: row.reason,
    message: row.message,
    version: row.version,
  }),
});
