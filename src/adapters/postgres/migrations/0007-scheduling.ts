/** What the scheduler reads: trees of queues, flavors, and of jobs what they say of themselves beside their gang. */
import type { Migration } from './migration.ts';

/**
 * A parent stays while queues are below it. What a queue's policy says is read as a whole, by the scheduler and by
 * people, and never asked for by its parts.
 */
const QUEUE = `
ALTER TABLE queue ADD COLUMN parent text REFERENCES queue (name);
ALTER TABLE queue ADD COLUMN policy jsonb NOT NULL DEFAULT '{}';
CREATE INDEX queue_parent ON queue (parent) WHERE parent IS NOT NULL;
CREATE TABLE flavor (
  name text PRIMARY KEY,
  description text NOT NULL,
  node_labels jsonb NOT NULL,
  tolerations jsonb NOT NULL,
  price bigint,
  created_at bigint NOT NULL
);`;

/** Few rows, written every ten seconds by the holder of the scheduling lease. */
const USE = `
CREATE TABLE queue_use (
  queue text PRIMARY KEY REFERENCES queue (name) ON DELETE CASCADE,
  use bigint NOT NULL,
  at bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200);`;

/** Topology, expected duration and the like: a cycle does not read specs. Older jobs say nothing of it. */
const JOB = `
ALTER TABLE job ADD COLUMN facts jsonb NOT NULL DEFAULT '{}';`;

/**
 * Every decision, in the order in which it was made: what the scheduler had learnt since the one before, when it
 * decided, and what. A base has all that it knew. The body is compressed JSON.
 */
const DECISION = `
CREATE TABLE scheduling_decision (
  seq bigint PRIMARY KEY,
  epoch bigint NOT NULL,
  at bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('base', 'delta')),
  version text NOT NULL,
  body bytea NOT NULL
);
ALTER TABLE scheduling_decision ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX scheduling_decision_at ON scheduling_decision USING brin (at);`;

export const scheduling: Migration = {
  number: 7,
  name: 'scheduling',
  minWriter: 1,
  sql: [QUEUE, USE, JOB, DECISION].join('\n'),
};
