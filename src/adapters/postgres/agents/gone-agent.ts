/** The connection of an agent has ended; what runs on it goes on. */
import { WAKE_SCHEDULER } from '../channels.ts';
import { nothing, statement } from '../statement.ts';

export const goneAgent = statement({
  name: 'agent_gone',
  text: `
    WITH gone AS (
      UPDATE agent SET connected = false WHERE name = $1 AND connected AND last_heard <= $2 RETURNING name
    )
    SELECT ${WAKE_SCHEDULER} FROM gone`,
  values: ({ name, now }: { name: string; now: number }) => [name, now],
  row: nothing,
  unaudited: 'a sign of life is no change',
});
