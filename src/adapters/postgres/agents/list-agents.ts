/** Every agent that was ever heard. */
import type { QueryResultRow } from 'pg';
import type { AgentRecord } from '../../../ports/agent-store.ts';
import type { RunnerFacts } from '../../../ports/runner.ts';
import { statement } from '../statement.ts';

interface AgentRow extends QueryResultRow {
  readonly name: string;
  readonly facts: RunnerFacts;
  readonly last_heard: number;
  readonly connected: boolean;
}

export const listAgents = statement({
  name: 'agent_list',
  text: 'SELECT name, facts, last_heard, connected FROM agent ORDER BY name',
  values: (_: undefined) => [],
  row: ({ name, facts, last_heard, connected }: AgentRow): AgentRecord => ({
    name,
    facts,
    lastHeard: last_heard,
    connected,
  }),
});
