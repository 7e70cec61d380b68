/**
 * Stores the jobs whose idempotency key is new and whose name is free; the others are left out, and
 * `resolve-submission.ts` says why. A key that another transaction stored at the same moment fails the
 * whole statement on its primary key: nothing was stored, it is to be tried again.
 *
 * Names come before keys, and both in one order, so that two batches never wait for each other.
 */
import { AUDIT } from '../audit/audit-sql.ts';
import { statement } from '../statement.ts';
import { INSERT_LIVE } from './insert-live.ts';
import { ANSWER, type AppliedRow, among, appliedUids, INPUT, SIGNALS, TELL } from './transition-sql.ts';

/** Of rows made by `submissionRow`. */
export const submitJobs = statement<readonly string[], AppliedRow, ReadonlySet<string>>({
  name: 'job_submit',
  text: `
    WITH given AS MATERIALIZED (${INPUT}),
    input AS MATERIALIZED (
      SELECT * FROM given g
       WHERE (SELECT k.uid FROM idempotency_key k WHERE k.principal = g.principal AND k.key = g.key) IS NULL
    ), applied AS (
      ${INSERT_LIVE} FROM input i ORDER BY i.project, i.name
      ON CONFLICT ON CONSTRAINT job_live_name DO NOTHING
      RETURNING uid
    ), keyed AS (
      INSERT INTO idempotency_key (principal, key, digest, uid, created_at)
      SELECT principal, key, digest, uid, created_at FROM input
       WHERE key IS NOT NULL AND ${among('applied')} ORDER BY principal, key
    ), released AS (
      SELECT uid, agent FROM input WHERE false
    ), told AS (${TELL}),
    audited AS (${AUDIT}),
    signals AS MATERIALIZED (${SIGNALS})
    ${ANSWER}`,
  values: (rows) => [rows],
  row: appliedUids,
  unaudited: 'it inserts its records itself',
});
