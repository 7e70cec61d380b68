/**
 * A plan's way back, in one transaction that holds the lease row: whoever takes the lease over waits
 * for it, and a deposed scheduler finds no lease, hence no input, and writes nothing.
 *
 * Reasons of waiting jobs are no transitions: the version stays, and only a new reason is an event.
 */

import type { QueryResultRow } from 'pg';
import type { Waiting } from '../../../core/scheduling/plan.ts';
import type { KeptDecision, SchedulerLease } from '../../../ports/scheduler-store.ts';
import { AUDIT } from '../audit/audit-sql.ts';
import { CHANNELS } from '../channels.ts';
import { APPLY } from '../jobs/apply-transitions.ts';
import { among, INPUT, SIGNALS, signalEach, TELL, UIDS_PER_SIGNAL } from '../jobs/transition-sql.ts';
import { jsonText } from '../json-text.ts';
import { statement } from '../statement.ts';

export interface AppliedPlan {
  readonly lease: SchedulerLease;
  /** Made by `transitionRow`. */
  readonly transitions: readonly string[];
  readonly waiting: readonly Waiting[];
  readonly decision?: KeptDecision | undefined;
  readonly now: number;
}

interface PlanRow extends QueryResultRow {
  readonly uids: readonly string[];
  readonly leased: boolean;
}

const HELD_LEASE = `
  SELECT FROM lease WHERE name = 'scheduler' AND holder = $2 AND epoch = $3
     AND expires_at > clock_timestamp() FOR SHARE`;

const EXPLAINING = `
  SELECT w.*, j.project, j.name, j.state ->> 'reason' AS old_reason
    FROM held_lease, unnest($4::jsonb[]) AS given (body),
         jsonb_to_record(given.body) AS w (uid uuid, version integer, reason text, message text)
    JOIN job j USING (uid, version)
   WHERE j.state_name = 'pending'
     AND (j.state ->> 'reason', j.state ->> 'message') IS DISTINCT FROM (w.reason, w.message)`;

const EXPLAIN = `
  UPDATE job j SET state = j.state || jsonb_build_object('reason', w.reason, 'message', w.message)
    FROM explaining w WHERE j.uid = w.uid AND j.version = w.version AND j.state_name = 'pending'
  RETURNING j.uid`;

const RETELL = `
  INSERT INTO event (at, uid, project, job, state_name, type, reason, message)
  SELECT $5::bigint, uid, project, name, 'pending', 'normal', reason, message
    FROM explaining WHERE reason IS DISTINCT FROM old_reason AND ${among('explained')}
  RETURNING uid`;

/** With the plan or not at all, so that no decision took place that can not be made again. */
const REMEMBER = `
  INSERT INTO scheduling_decision (seq, epoch, at, kind, version, body)
  SELECT $6::bigint, $3::bigint, $7::bigint, $8, $9, $10::bytea FROM held_lease WHERE $6 IS NOT NULL`;

export const applyPlan = statement<AppliedPlan, PlanRow, readonly string[] | undefined>({
  name: 'plan_apply',
  text: `
    WITH held_lease AS MATERIALIZED (${HELD_LEASE}),
    input AS MATERIALIZED (SELECT asked.* FROM held_lease, (${INPUT}) AS asked),
    ${APPLY},
    told AS (${TELL}),
    audited AS (${AUDIT}),
    explaining AS MATERIALIZED (${EXPLAINING}),
    explained AS (${EXPLAIN}),
    retold AS (${RETELL}),
    remembered AS (${REMEMBER}),
    signals AS MATERIALIZED (${SIGNALS}
      UNION ALL ${signalEach(CHANNELS.event, 'SELECT uid::text FROM retold', UIDS_PER_SIGNAL)})
    SELECT ARRAY(SELECT uid::text FROM applied) AS uids, (SELECT count(*) FROM signals) AS signals,
           EXISTS (SELECT FROM held_lease) AS leased`,
  values: ({ lease, transitions, waiting, now, decision }) => [
    transitions,
    lease.holder,
    lease.epoch,
    waiting.map(({ uid, version, reason, message }) => jsonText({ uid, version, reason, message })),
    now,
    decision?.seq ?? null,
    decision?.at ?? null,
    decision?.kind ?? null,
    decision?.version ?? null,
    decision ? Buffer.from(decision.body) : null,
  ],
  row: ({ uids, leased }) => (leased ? uids : undefined),
  unaudited: 'it inserts its records itself',
});
