/**
 * Stores the jobs whose idempotency key is new and whose name is free; the others are left out, and
 * `resolve-submission.ts` says why. A key that another transaction stored at the same moment fails the
 * whole statement on its primary key: nothing was stored, it is to be tried again.
 *
 * Names come before keys, and both in one order, so that two batches never wait for each other.
 */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';
import { INSERT_LIVE } from './insert-live.ts';
import { ANSWER, type AppliedRow, appliedUids, INPUT, SIGNALS, TELL } from './transition-sql.ts';

export interface SubmissionRows {
  /** Made by `transitionRow`. */
  readonly jobs: readonly string[];
  readonly principals: readonly (string | null)[];
  readonly keys: readonly (string | null)[];
  readonly digests: readonly (string | null)[];
}

export const submitJobs = statement<SubmissionRows, AppliedRow & QueryResultRow, ReadonlySet<string>>({
  name: 'job_submit',
  text: `
    WITH given AS MATERIALIZED (${INPUT}),
    once AS MATERIALIZED (
      SELECT * FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS o (principal, key, digest, place)
    ), input AS MATERIALIZED (
      SELECT given.*, o.principal, o.key, o.digest FROM given JOIN once o USING (place)
       WHERE (SELECT k.uid FROM idempotency_key k WHERE k.principal = o.principal AND k.key = o.key) IS NULL
    ), applied AS (
      ${INSERT_LIVE} FROM input i ORDER BY i.project, i.name
      ON CONFLICT ON CONSTRAINT job_live_name DO NOTHING
      RETURNING uid
    ), keyed AS (
      INSERT INTO idempotency_key (principal, key, digest, uid, created_at)
      SELECT i.principal, i.key, i.digest, i.uid, i.created_at FROM input i JOIN applied USING (uid)
       WHERE i.key IS NOT NULL ORDER BY i.principal, i.key
    ), released AS (
      SELECT uid, agent FROM input WHERE false
    ), told AS (${TELL}),
    signals AS MATERIALIZED (${SIGNALS})
    ${ANSWER}`,
  values: ({ jobs, principals, keys, digests }) => [jobs, principals, keys, digests],
  row: appliedUids,
});
