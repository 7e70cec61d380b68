/** An agent says what it is; its capacity may be new to the scheduler. */
import type { RunnerFacts } from '../../../ports/runner.ts';
import { WAKE_SCHEDULER } from '../channels.ts';
import { jsonText } from '../json-text.ts';
import { nothing, statement } from '../statement.ts';

export const putAgent = statement({
  name: 'agent_put',
  text: `
    WITH put AS (
      INSERT INTO agent AS a (name, facts, last_heard, connected) VALUES ($1, $2, $3, true)
      ON CONFLICT (name) DO UPDATE SET facts = EXCLUDED.facts, connected = true,
        last_heard = greatest(a.last_heard, EXCLUDED.last_heard)
      RETURNING name)
    SELECT ${WAKE_SCHEDULER} FROM put`,
  values: ({ name, facts, now }: { name: string; facts: RunnerFacts; now: number }) => [
    name,
    jsonText(facts),
    now,
  ],
  row: nothing,
});
