/**
 * Compare-and-set on any number of live tasks, for every change that a decision of the core made: failures,
 * retries, cancels, deadlines, what a person asked. The hot ways (submit, lease, complete) have statements of
 * their own; what they write reads back as what this one would have written.
 */
import { dueAt } from '../../../core/job/due.ts';
import { hasEnded, holdsProcesses } from '../../../core/job/state.ts';
import { gateOf } from '../../../core/job/task.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { AuditStamp } from '../audit/audit-context.ts';
import { AUDIT } from '../audit/audit-sql.ts';
import { CHANNELS } from '../channels.ts';
import { among, signalEach, TELL, UIDS_PER_SIGNAL } from '../jobs/transition-sql.ts';
import { jsonText } from '../json-text.ts';
import { statement } from '../statement.ts';
import { ENDED } from './ended.ts';
import { orderKey } from './order.ts';
import { storedSpec } from './stored-spec.ts';

/** The shape of one transition, for `jsonb_to_record`. */
const COLUMNS = `
  uid uuid, project text, name text, queue text, handler text, fair_key text, type text, priority smallint,
  order_key bigint, state_name text, delayed boolean, created_at bigint, started_at bigint, ended_at bigint,
  due_at bigint, due_rule boolean, timeout_ms integer, fence integer, version integer, worker uuid,
  submitted_by text, gate text, payload text, payload_bytes integer, result text, result_bytes integer,
  labels jsonb, spec jsonb, state jsonb, charges jsonb, attempts jsonb, was integer, goes text, events jsonb, audit jsonb`;

export const TASK_INPUT = `
  SELECT i.*, given.place FROM unnest($1::jsonb[]) WITH ORDINALITY AS given (body, place),
    jsonb_to_record(given.body) AS i (${COLUMNS})`;

export interface TaskChange {
  readonly transition: Transition;
  readonly audit: AuditStamp;
}

export function taskChangeRow({ transition, audit }: TaskChange): string {
  const { job, from, events } = transition;
  const { spec, state } = job;
  const { task } = spec;
  if (!task) throw new Error(`job ${job.uid} is no task`);
  const now = job.updatedAt;
  const delayed = state.name === 'pending' && (spec.startAfter ?? 0) > now;
  const rule = hasEnded(state) ? undefined : dueAt(job);
  const ttl = spec.ttlAfterFinishedMs;
  const removal = job.endedAt !== undefined && ttl !== undefined ? job.endedAt + ttl : undefined;
  const due = Math.min(
    rule ?? Infinity,
    delayed ? (spec.startAfter ?? Infinity) : Infinity,
    removal ?? Infinity,
  );
  const last = job.attempts.findLast(({ number }) => number === job.fence);
  return jsonText({
    uid: job.uid,
    project: job.project,
    name: job.name === job.uid ? undefined : job.name,
    queue: spec.queue,
    handler: task.handler,
    fair_key: task.fairKey ?? '',
    type: spec.type,
    priority: spec.priority,
    order_key: orderKey(job),
    state_name: state.name,
    delayed,
    created_at: Math.ceil(job.createdAt),
    started_at: last?.startedAt === undefined ? undefined : Math.ceil(last.startedAt),
    ended_at: job.endedAt === undefined ? undefined : Math.ceil(job.endedAt),
    due_at: Number.isFinite(due) ? Math.ceil(due) : undefined,
    due_rule: rule !== undefined,
    timeout_ms: spec.timeoutMs,
    fence: job.fence,
    version: job.version,
    worker: holdsProcesses(state) ? state.agent : undefined,
    submitted_by: job.submittedBy,
    gate: gateOf(spec),
    payload: task.payload,
    payload_bytes: task.payloadBytes,
    result: job.outcome?.result,
    result_bytes: job.outcome?.resultBytes,
    labels: job.labels,
    spec: storedSpec(spec) ?? undefined,
    state,
    charges: job.charges,
    attempts: job.attempts,
    was: from,
    goes: hasEnded(state) ? 'out' : 'on',
    events: events.map((event) => ({ ...event, at: Math.ceil(event.at) })),
    audit,
  });
}

export interface TaskChanges {
  readonly rows: readonly string[];
  readonly hint: string;
}

interface ChangedRow {
  readonly uids: readonly string[];
  readonly queues: readonly string[];
  readonly linked: readonly string[];
}

export interface ChangedTasks {
  readonly uids: ReadonlySet<string>;
  /** In which something may have become ready. */
  readonly queues: readonly string[];
  /** Ended, and to be followed by `release-tasks.ts` in the same transaction. */
  readonly linked: readonly string[];
}

/** A task without a name goes by its uid. */
const TELL_TASKS = TELL.replace('i.name', 'coalesce(i.name, i.uid::text)');

/** The end of such a statement; it has `input`, `applied (uid)` and `bound (uid)`. */
export const TASK_SIGNALS = `
    signals AS MATERIALIZED (
      SELECT pg_notify('${CHANNELS.task}', concat_ws(E'\\n', $2::text, (SELECT string_agg(DISTINCT queue, E'\\n') FROM moved)))
       WHERE EXISTS (SELECT FROM applied)
      UNION ALL SELECT pg_notify('${CHANNELS.gate}', '') WHERE EXISTS (SELECT FROM input WHERE gate IS NOT NULL)
      UNION ALL ${signalEach(CHANNELS.event, 'SELECT uid::text FROM applied', UIDS_PER_SIGNAL)})
    SELECT ARRAY(SELECT uid::text FROM applied) AS uids, ARRAY(SELECT DISTINCT queue FROM moved) AS queues,
           ARRAY(SELECT uid::text FROM bound) AS linked,
           (SELECT count(*) FROM signals) AS signals`;

export const MOVED = `
    moved AS MATERIALIZED (
      SELECT queue FROM input WHERE state_name = 'pending' AND ${among('applied')}
    )`;

const UPDATED = `
      UPDATE task t SET
        queue = i.queue, priority = i.priority, order_key = i.order_key, state_name = i.state_name,
        blocked = CASE WHEN i.state_name <> 'pending' THEN NULL WHEN i.delayed THEN 'delay'
                       WHEN t.waits > 0 THEN 'tasks' WHEN i.gate IS NOT NULL THEN 'gate' END,
        due_at = i.due_at, due_rule = i.due_rule, fence = i.fence, version = i.version, worker = i.worker,
        started_at = i.started_at, created_at = i.created_at, labels = i.labels, spec = i.spec, state = i.state,
        charges = i.charges, attempts = i.attempts
      FROM input i WHERE t.uid = i.uid AND t.version = i.was AND i.goes = 'on'
      RETURNING t.uid`;

export const applyTasks = statement<TaskChanges, ChangedRow, ChangedTasks>({
  name: 'task_apply',
  text: `
    WITH input AS MATERIALIZED (${TASK_INPUT}),
    updated AS (${UPDATED}),
    gone AS MATERIALIZED (
      DELETE FROM task t USING input i WHERE t.uid = i.uid AND t.version = i.was AND i.goes = 'out'
      RETURNING t.uid, t.linked
    ), kept AS (${ENDED}
      SELECT uid, project, name, queue, handler, fair_key, type, priority, state_name, created_at, started_at,
        ended_at, due_at, fence, version, worker, submitted_by, payload, payload_bytes, result, result_bytes,
        labels, spec, state, charges, attempts, NULL
        FROM input WHERE ${among('gone')}
    ), applied AS MATERIALIZED (SELECT uid FROM updated UNION ALL SELECT uid FROM gone),
    bound AS (SELECT uid FROM gone WHERE linked),
    told AS (${TELL_TASKS}),
    audited AS (${AUDIT}),
    ${MOVED},
    ${TASK_SIGNALS}`,
  values: ({ rows, hint }) => [rows, hint],
  row: ({ uids, ...rest }) => ({ uids: new Set(uids), ...rest }),
  unaudited: 'it inserts its records itself',
});

/** A dead letter's way back to the live table. Fails on `task_live_name` when its name is taken. */
export const reviveTask = statement<TaskChanges, ChangedRow, ChangedTasks>({
  text: `
    WITH input AS MATERIALIZED (${TASK_INPUT}),
    left_history AS (
      DELETE FROM task_history h USING input i
       WHERE h.uid = i.uid AND h.version = i.was AND h.state_name = 'failed' RETURNING h.uid
    ), applied AS MATERIALIZED (
      INSERT INTO task (uid, project, name, queue, handler, fair_key, type, priority, order_key, state_name, blocked,
        created_at, started_at, due_at, due_rule, timeout_ms, fence, version, submitted_by, gate, payload,
        payload_bytes, labels, spec, state, charges, attempts)
      SELECT uid, project, name, queue, handler, fair_key, type, priority, order_key, state_name,
        CASE WHEN delayed THEN 'delay' WHEN gate IS NOT NULL THEN 'gate' END, created_at, started_at, due_at,
        due_rule, timeout_ms, fence, version, submitted_by, gate, payload, payload_bytes, labels, spec, state,
        charges, attempts
        FROM input WHERE ${among('left_history')}
      RETURNING uid
    ), bound AS (SELECT uid FROM input WHERE false),
    told AS (${TELL_TASKS}),
    audited AS (${AUDIT}),
    ${MOVED},
    ${TASK_SIGNALS}`,
  values: ({ rows, hint }) => [rows, hint],
  row: ({ uids, ...rest }) => ({ uids: new Set(uids), ...rest }),
  unaudited: 'it inserts its records itself',
});
