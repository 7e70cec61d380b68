/** Who may do what: rotation of keys, roles of your own, bindings, sessions, and the keys that sign tokens. */
import type { Migration } from './migration.ts';

const KEYS = `
ALTER TABLE api_key
  ADD COLUMN created_by text,
  ADD COLUMN previous_prefix text UNIQUE,
  ADD COLUMN previous_hmac bytea,
  ADD COLUMN previous_until bigint;
CREATE UNIQUE INDEX api_key_name ON api_key (name) WHERE revoked_at IS NULL AND created_by IS NOT NULL;
CREATE INDEX api_key_order ON api_key (created_at, id);`;

const ROLES = `
CREATE TABLE custom_role (
  name text PRIMARY KEY,
  description text NOT NULL,
  operations jsonb NOT NULL,
  created_at bigint NOT NULL,
  created_by text NOT NULL
);
CREATE TABLE role_binding (
  name text PRIMARY KEY,
  subject text NOT NULL,
  role text NOT NULL,
  scope jsonb NOT NULL,
  created_at bigint NOT NULL,
  created_by text NOT NULL
);
CREATE INDEX role_binding_subject ON role_binding (subject);
CREATE INDEX role_binding_role ON role_binding (role);`;

const SESSIONS = `
CREATE TABLE session (
  id text PRIMARY KEY,
  subject text NOT NULL,
  groups jsonb NOT NULL,
  method text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  used_at bigint NOT NULL,
  ended_at bigint,
  prefix text UNIQUE,
  hmac bytea,
  previous_prefix text UNIQUE,
  previous_hmac bytea,
  previous_until bigint
);
CREATE INDEX session_subject ON session (subject);
CREATE INDEX session_end ON session (expires_at);`;

const SIGNING = `
CREATE TABLE signing_key (
  kid text PRIMARY KEY,
  public_key jsonb NOT NULL,
  sealed_key bytea NOT NULL,
  active_from bigint NOT NULL,
  created_at bigint NOT NULL
);`;

export const identity: Migration = {
  number: 2,
  name: 'identity',
  minWriter: 1,
  sql: [KEYS, ROLES, SESSIONS, SIGNING].join('\n'),
};
