/** Ended attempts whose files are still with an agent. */
import type { QueryResultRow } from 'pg';
import type { Collection } from '../../../ports/agent-store.ts';
import { statement } from '../statement.ts';

interface CollectionRow extends QueryResultRow {
  readonly job: string;
  readonly attempt: number;
  readonly agent: string;
}

export const listCollections = statement({
  name: 'collection_list',
  text: 'SELECT job, attempt, agent FROM collection WHERE agent = $1 ORDER BY job, attempt',
  values: (agent: string) => [agent],
  row: ({ job, attempt, agent }: CollectionRow): Collection => ({ ref: { job, attempt }, agent }),
});
