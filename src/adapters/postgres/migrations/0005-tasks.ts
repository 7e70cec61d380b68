/**
 * Tasks: jobs that warm workers handle. They have tables of their own because thousands a second pass
 * through them: narrow rows, few indexes, no JSON where a column does. A live task is one row of `task`,
 * inserted, updated once when it is leased, deleted when it ends; `task_history` has what has ended.
 *
 * What is blocked (by a delay, a dependency, a key) has `blocked` set and is not in `task_ready`, the one
 * index that claims read. Columns that are NULL mean what a task usually is, so that most rows are short.
 */
import type { Migration } from './migration.ts';

/**
 * Every row is updated and deleted within moments: vacuum comes by number, unthrottled. New versions
 * change indexed columns anyway, so room for updates in place would be room wasted.
 */
const HOT = `
  fillfactor = 100,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_insert_scale_factor = 0.2,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 50000`;

const TASK = `
CREATE TABLE task (
  uid uuid PRIMARY KEY,
  project text NOT NULL,
  name text,
  queue text NOT NULL,
  handler text NOT NULL,
  fair_key text NOT NULL,
  type text NOT NULL,
  priority smallint NOT NULL,
  -- Submission less what priority is worth: the order within a queue, fixed for as long as it waits.
  order_key bigint NOT NULL,
  state_name text NOT NULL CHECK (state_name IN ('pending', 'running', 'stopping', 'backoff', 'suspended')),
  blocked text CHECK (blocked IN ('delay', 'tasks', 'gate')),
  created_at bigint NOT NULL,
  started_at bigint,
  -- When time alone changes something; by a rule of the core where it is more than the end of a delay.
  due_at bigint,
  due_rule boolean NOT NULL,
  timeout_ms integer,
  fence integer NOT NULL,
  version integer NOT NULL,
  worker uuid,
  submitted_by text NOT NULL,
  gate text,
  waits integer NOT NULL DEFAULT 0,
  -- Whether anything has to be looked up when it ends: dependents, its own dependencies, a unique key.
  linked boolean NOT NULL DEFAULT false,
  payload text,
  payload_bytes integer,
  labels jsonb,
  spec jsonb,
  state jsonb,
  charges jsonb,
  attempts jsonb,
  progress jsonb,
  CONSTRAINT task_worker_while_leased CHECK ((worker IS NOT NULL) = (state_name IN ('running', 'stopping')))
) WITH (${HOT});
CREATE INDEX task_ready ON task (queue, handler, fair_key, order_key, uid)
  WHERE state_name = 'pending' AND blocked IS NULL;
CREATE INDEX task_worker ON task (worker) WHERE worker IS NOT NULL;
CREATE INDEX task_due ON task (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX task_gated ON task (queue, gate, order_key, uid) WHERE blocked = 'gate' AND state_name = 'pending';
CREATE INDEX task_gate_open ON task (queue, gate)
  WHERE gate IS NOT NULL AND blocked IS NULL AND state_name IN ('pending', 'running', 'stopping');
CREATE UNIQUE INDEX task_live_name ON task (project, name) WHERE name IS NOT NULL;`;

const HISTORY = `
CREATE TABLE task_history (
  uid uuid NOT NULL,
  project text NOT NULL,
  name text,
  queue text NOT NULL,
  handler text NOT NULL,
  fair_key text NOT NULL,
  type text NOT NULL,
  priority smallint NOT NULL,
  state_name text NOT NULL CHECK (state_name IN ('succeeded', 'failed', 'cancelled')),
  created_at bigint NOT NULL,
  started_at bigint,
  ended_at bigint NOT NULL,
  due_at bigint,
  fence integer NOT NULL,
  version integer NOT NULL,
  worker uuid,
  submitted_by text NOT NULL,
  payload text,
  payload_bytes integer,
  result text,
  result_bytes integer,
  labels jsonb,
  spec jsonb,
  state jsonb,
  charges jsonb,
  attempts jsonb,
  progress jsonb,
  PRIMARY KEY (uid, ended_at)
) PARTITION BY RANGE (ended_at);
CREATE INDEX task_history_name ON task_history (project, name, ended_at DESC) WHERE name IS NOT NULL;
CREATE INDEX task_history_due ON task_history (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX task_history_failed ON task_history (queue, ended_at) WHERE state_name = 'failed';
CREATE TABLE task_history_default PARTITION OF task_history DEFAULT;`;

/** Events of many tasks that came to the same at once are one row: see events/blocks.ts. */
const EVENTS = `
CREATE TABLE event_block (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  place integer NOT NULL,
  at bigint NOT NULL,
  project text NOT NULL,
  state_name text NOT NULL,
  type text NOT NULL,
  reason text NOT NULL,
  message text NOT NULL,
  uids uuid[] NOT NULL,
  names text[]
) PARTITION BY RANGE (at);
CREATE INDEX event_block_order ON event_block (xid, place);
CREATE TABLE event_block_default PARTITION OF event_block DEFAULT;
CREATE TABLE task_log (
  uid uuid NOT NULL,
  attempt integer NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  at bigint NOT NULL,
  lines text[] NOT NULL
);
CREATE INDEX task_log_order ON task_log (uid, attempt, seq);
CREATE INDEX task_log_age ON task_log USING brin (at);`;

const BESIDE = `
CREATE TABLE worker (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  principal text NOT NULL,
  replica text NOT NULL,
  queues text[] NOT NULL,
  handlers text[] NOT NULL,
  labels jsonb NOT NULL,
  client text,
  concurrency integer NOT NULL,
  since bigint NOT NULL,
  heard_at bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
-- What each queue may have leased at a time; granted by the scheduler, checked by every claim.
CREATE TABLE task_slice (
  queue text PRIMARY KEY,
  slots integer,
  granted_at bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE task_dependency (
  dependent uuid NOT NULL,
  place integer NOT NULL,
  on_uid uuid NOT NULL,
  PRIMARY KEY (dependent, place)
);
CREATE INDEX task_dependency_on ON task_dependency (on_uid);
CREATE TABLE task_unique (
  project text NOT NULL,
  queue text NOT NULL,
  key text NOT NULL,
  uid uuid NOT NULL,
  -- NULL: until the task has ended.
  until bigint,
  PRIMARY KEY (project, queue, key)
);
CREATE INDEX task_unique_until ON task_unique (until) WHERE until IS NOT NULL;
CREATE INDEX task_unique_uid ON task_unique (uid);
CREATE TABLE task_gate (
  queue text NOT NULL,
  gate text NOT NULL,
  limits jsonb NOT NULL,
  used_at bigint NOT NULL,
  PRIMARY KEY (queue, gate)
);
CREATE TABLE task_rate (
  queue text NOT NULL,
  key text NOT NULL,
  -- Theoretical arrival time of the generic cell rate algorithm, epoch microseconds.
  tat bigint NOT NULL,
  PRIMARY KEY (queue, key)
);`;

export const tasks: Migration = {
  number: 5,
  name: 'tasks',
  minWriter: 1,
  sql: [TASK, HISTORY, EVENTS, BESIDE].join('\n'),
};
