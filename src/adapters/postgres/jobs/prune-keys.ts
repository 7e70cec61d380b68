/** Forgets idempotency keys that are older than a day: no client repeats a submission for longer. */
import { statement } from '../statement.ts';

const KEPT_MS = 24 * 60 * 60 * 1000;

export const pruneKeys = statement({
  name: 'job_prune_keys',
  text: `
    WITH pruned AS (DELETE FROM idempotency_key WHERE created_at < $1 RETURNING 1)
    SELECT count(*) AS pruned FROM pruned`,
  values: (now: number) => [now - KEPT_MS],
  row: (row: { pruned: number }) => row.pruned,
  unaudited: 'keys that nobody can repeat any more',
});
