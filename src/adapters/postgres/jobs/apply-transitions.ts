/**
 * Compare-and-set on any number of live jobs: a row changes only while it is in the version that
 * its decision was made on. A job that ends moves to the history in the same statement.
 */
import { AUDIT } from '../audit/audit-sql.ts';
import { statement } from '../statement.ts';
import { ANSWER, type AppliedRow, among, appliedUids, INPUT, SIGNALS, TELL } from './transition-sql.ts';

/**
 * A spec rarely changes: assigning the old value keeps what is stored out of line where it is.
 * `released` reads the rows as they were: the version check pins what it sees. It does so in a
 * subquery for each row, and `goes` and `releases` are words rather than booleans, because the planner then
 * reckons with one row: it goes by the primary key, also in a plan that was made when the table was still
 * empty, and keeps that plan instead of making one for each call (measured: 0.8 instead of 1.4 ms).
 */
export const APPLY = `
updated AS (
  UPDATE job j SET
    queue = i.queue, priority = i.priority, state_name = i.state_name, labels = i.labels,
    created_at = i.created_at, updated_at = i.updated_at, due_at = i.due_at, start_after = i.start_after,
    agent = i.agent, fence = i.fence, version = i.version, gang = i.gang,
    facts = i.facts,
    spec = CASE WHEN j.spec = i.spec THEN j.spec ELSE i.spec END,
    state = i.state, charges = i.charges, attempts = i.attempts
  FROM input i
  WHERE j.uid = i.uid AND j.version = i.was AND i.goes = 'on'
  RETURNING j.uid
), left_table AS (
  DELETE FROM job j USING input i
   WHERE j.uid = i.uid AND j.version = i.was AND i.goes = 'out'
  RETURNING j.uid
), kept AS (
  INSERT INTO job_history (uid, project, name, queue, type, priority, state_name, labels, created_at,
    updated_at, ended_at, due_at, fence, version, submitted_by, spec, state, charges, attempts)
  SELECT uid, project, name, queue, type, priority, state_name, labels, created_at,
    updated_at, ended_at, due_at, fence, version, submitted_by, spec, state, charges, attempts
    FROM input WHERE ${among('left_table')}
), applied AS (
  SELECT uid FROM updated UNION ALL SELECT uid FROM left_table
), was_held AS MATERIALIZED (
  SELECT i.uid, (SELECT j.agent FROM job j WHERE j.uid = i.uid AND j.version = i.was) AS agent
    FROM input i WHERE i.releases = 'maybe'
), released AS (
  SELECT uid, agent FROM was_held WHERE agent IS NOT NULL
), collected AS (
  INSERT INTO collection (job, attempt, agent)
  SELECT i.uid, (i.collect ->> 'attempt')::integer, i.collect ->> 'agent'
    FROM input i WHERE i.collect IS NOT NULL AND ${among('applied')} AND ${among('released')}
  ON CONFLICT DO NOTHING
)`;

export const applyTransitions = statement<readonly string[], AppliedRow, ReadonlySet<string>>({
  name: 'job_apply_transitions',
  text: `
    WITH input AS MATERIALIZED (${INPUT}),
    ${APPLY},
    told AS (${TELL}),
    audited AS (${AUDIT}),
    signals AS MATERIALIZED (${SIGNALS})
    ${ANSWER}`,
  values: (rows) => [rows],
  row: appliedUids,
  unaudited: 'it inserts its records itself',
});
