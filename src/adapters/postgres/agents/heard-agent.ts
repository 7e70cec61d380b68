/**
 * A sign of life. It also mends `connected`: the server that lost an agent may say so after another
 * one has taken its new connection.
 */
import { WAKE_SCHEDULER } from '../channels.ts';
import { nothing, statement } from '../statement.ts';

export const heardAgent = statement({
  name: 'agent_heard',
  text: `
    WITH before AS (SELECT name, connected FROM agent WHERE name = $1),
    heard AS (
      UPDATE agent SET last_heard = greatest(last_heard, $2), connected = true WHERE name = $1
    )
    SELECT ${WAKE_SCHEDULER} FROM before WHERE NOT connected`,
  values: ({ name, now }: { name: string; now: number }) => [name, now],
  row: nothing,
  unaudited: 'a sign of life is no change',
});
