/**
 * The first schema. Times are epoch milliseconds (bigint), as everywhere in the program.
 *
 * Hot and history are apart: `job` holds live jobs only and stays small, `job_history` and `event`
 * are partitioned by time and dropped by partition, without foreign keys across. Their DEFAULT
 * partitions take what no other one covers, so that no write is ever refused for its date.
 */
import type { Migration } from './migration.ts';

const META = `
CREATE TABLE meta (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  -- Event cursors of another epoch are refused: a restored database has a new one.
  epoch text NOT NULL,
  -- Which physical database the epoch was made for.
  incarnation text NOT NULL,
  min_writer integer NOT NULL,
  -- The last event that was dropped with its partition: a cursor before it has a gap.
  dropped_xid xid8 NOT NULL DEFAULT '0',
  dropped_seq bigint NOT NULL DEFAULT 0
);`;

/**
 * The fill factor leaves room for updates in place; vacuum comes early and unthrottled, because
 * every cycle of the scheduler reads the whole table.
 */
const JOB = `
CREATE TABLE job (
  uid uuid PRIMARY KEY,
  project text NOT NULL,
  name text NOT NULL,
  queue text NOT NULL,
  type text NOT NULL,
  priority smallint NOT NULL,
  state_name text NOT NULL CHECK (state_name NOT IN ('succeeded', 'failed', 'cancelled')),
  labels jsonb NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  due_at bigint,
  start_after bigint,
  agent text,
  fence integer NOT NULL,
  version integer NOT NULL,
  submitted_by text NOT NULL,
  gang jsonb NOT NULL,
  spec jsonb NOT NULL,
  state jsonb NOT NULL,
  charges jsonb NOT NULL,
  attempts jsonb NOT NULL,
  CONSTRAINT job_live_name UNIQUE (project, name),
  CONSTRAINT job_agent_while_holding
    CHECK ((agent IS NOT NULL) = (state_name IN ('admitted', 'running', 'unreachable', 'stopping')))
) WITH (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0.05
);
CREATE INDEX job_newest ON job (created_at DESC, uid DESC);
CREATE INDEX job_project_newest ON job (project, created_at DESC, uid DESC);
CREATE INDEX job_labels ON job USING gin (labels);
CREATE INDEX job_due ON job (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX job_agent ON job (agent) WHERE agent IS NOT NULL;`;

const JOB_HISTORY = `
CREATE TABLE job_history (
  uid uuid NOT NULL,
  project text NOT NULL,
  name text NOT NULL,
  queue text NOT NULL,
  type text NOT NULL,
  priority smallint NOT NULL,
  state_name text NOT NULL CHECK (state_name IN ('succeeded', 'failed', 'cancelled')),
  labels jsonb NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  ended_at bigint NOT NULL,
  due_at bigint,
  fence integer NOT NULL,
  version integer NOT NULL,
  submitted_by text NOT NULL,
  spec jsonb NOT NULL,
  state jsonb NOT NULL,
  charges jsonb NOT NULL,
  attempts jsonb NOT NULL,
  PRIMARY KEY (uid, ended_at)
) PARTITION BY RANGE (ended_at);
CREATE INDEX job_history_name ON job_history (project, name, ended_at DESC);
CREATE INDEX job_history_newest ON job_history (created_at DESC, uid DESC);
CREATE INDEX job_history_project_newest ON job_history (project, created_at DESC, uid DESC);
CREATE INDEX job_history_labels ON job_history USING gin (labels);
CREATE INDEX job_history_due ON job_history (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE job_history_default PARTITION OF job_history DEFAULT;`;

/** A sequence of its own: partitions do not inherit identity columns before PostgreSQL 17. */
const EVENT = `
CREATE SEQUENCE event_seq;
CREATE TABLE event (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  seq bigint NOT NULL DEFAULT nextval('event_seq'),
  at bigint NOT NULL,
  uid uuid NOT NULL,
  project text NOT NULL,
  job text NOT NULL,
  state_name text NOT NULL,
  type text NOT NULL,
  reason text NOT NULL,
  message text NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX event_order ON event (xid, seq);
CREATE INDEX event_job_order ON event (uid, xid, seq);
CREATE INDEX event_project_order ON event (project, xid, seq);
CREATE TABLE event_default PARTITION OF event DEFAULT;`;

const BESIDE_JOBS = `
CREATE TABLE idempotency_key (
  principal text NOT NULL,
  key text NOT NULL,
  digest text NOT NULL,
  uid uuid NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
CREATE TABLE collection (
  job uuid NOT NULL,
  attempt integer NOT NULL,
  agent text NOT NULL,
  PRIMARY KEY (job, attempt)
);
CREATE INDEX collection_agent ON collection (agent);`;

const TENANCY = `
CREATE TABLE project (
  name text PRIMARY KEY,
  labels jsonb NOT NULL,
  description text NOT NULL,
  default_queue text,
  created_at bigint NOT NULL
);
CREATE TABLE queue (
  name text PRIMARY KEY,
  labels jsonb NOT NULL,
  description text NOT NULL,
  quota jsonb NOT NULL,
  max_running integer,
  state text NOT NULL,
  created_at bigint NOT NULL
);
CREATE TABLE queue_grant (
  project text NOT NULL,
  queue text NOT NULL,
  max_priority smallint NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (project, queue)
);
CREATE INDEX queue_grant_queue ON queue_grant (queue);`;

const SERVERS = `
CREATE TABLE agent (
  name text PRIMARY KEY,
  facts jsonb NOT NULL,
  last_heard bigint NOT NULL,
  connected boolean NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE lease (
  name text PRIMARY KEY,
  holder text NOT NULL,
  epoch integer NOT NULL,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE api_key (
  id text PRIMARY KEY,
  prefix text NOT NULL UNIQUE,
  hmac bytea NOT NULL,
  name text NOT NULL,
  roles jsonb NOT NULL,
  scope jsonb NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  revoked_at bigint
);`;

export const jobsAndEvents: Migration = {
  number: 1,
  name: 'jobs and events',
  minWriter: 1,
  sql: [META, JOB, JOB_HISTORY, EVENT, BESIDE_JOBS, TENANCY, SERVERS].join('\n'),
};
