/** Webhooks, what is still to be told to them, and how far the events have been looked through for that. */
import type { Migration } from './migration.ts';

/** They go with their project: a later one of its name is somebody else's. */
const WEBHOOK = `
CREATE TABLE webhook (
  id text PRIMARY KEY,
  project text NOT NULL REFERENCES project (name) ON DELETE CASCADE,
  name text NOT NULL,
  url text NOT NULL,
  events jsonb NOT NULL,
  labels jsonb NOT NULL,
  secret bytea NOT NULL,
  created_at bigint NOT NULL,
  created_by text NOT NULL,
  UNIQUE (project, name)
);`;

const OUTBOX = `
CREATE TABLE webhook_delivery (
  id text PRIMARY KEY,
  webhook text NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
  body text NOT NULL,
  created_at bigint NOT NULL,
  due_at bigint NOT NULL,
  tries integer NOT NULL DEFAULT 0
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (due_at);
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook);
CREATE TABLE webhook_cursor (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  cursor text NOT NULL
);`;

export const webhooks: Migration = {
  number: 4,
  name: 'webhooks',
  minWriter: 1,
  sql: [WEBHOOK, OUTBOX].join('\n'),
};
