/** Every queue grant, for a cycle. */
import type { QueueGrant } from '../../../core/scheduling/queue.ts';
import { GRANT_COLUMNS, type GrantRow, toGrant } from '../grants/grant-row.ts';
import { statement } from '../statement.ts';

export const allGrants = statement({
  name: 'snapshot_grants',
  text: `SELECT ${GRANT_COLUMNS} FROM queue_grant ORDER BY project, queue`,
  values: (_: undefined) => [],
  row: (row: GrantRow): QueueGrant => toGrant(row),
});
