/** The machines of the agents that are connected, for a cycle. */
import type { QueryResultRow } from 'pg';
import type { NodeSnapshot } from '../../../core/scheduling/snapshot.ts';
import type { RunnerFacts } from '../../../ports/runner.ts';
import { statement } from '../statement.ts';

interface FactsRow extends QueryResultRow {
  readonly name: string;
  readonly facts: RunnerFacts;
}

export const connectedNodes = statement({
  name: 'snapshot_nodes',
  text: 'SELECT name, facts FROM agent WHERE connected ORDER BY name',
  values: (_: undefined) => [],
  row: ({ name, facts }: FactsRow): NodeSnapshot[] => facts.nodes.map((node) => ({ ...node, agent: name })),
});
