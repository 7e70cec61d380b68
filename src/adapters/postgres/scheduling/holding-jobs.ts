/** What holds quota and capacity, for a cycle. */
import type { QueryResultRow } from 'pg';
import type { HoldingJob, MemberGroup } from '../../../core/scheduling/snapshot.ts';
import { statement } from '../statement.ts';

interface HoldingRow extends QueryResultRow {
  readonly uid: string;
  readonly name: string;
  readonly project: string;
  readonly queue: string;
  readonly agent: string;
  readonly gang: readonly MemberGroup[];
}

export const holdingJobs = statement({
  name: 'snapshot_holding',
  text: 'SELECT uid, name, project, queue, agent, gang FROM job WHERE agent IS NOT NULL ORDER BY created_at, uid',
  values: (_: undefined) => [],
  row: ({ uid, name, project, queue, agent, gang }: HoldingRow): HoldingJob => ({
    uid,
    name,
    project,
    queue,
    agent,
    groups: gang,
  }),
});
