/** Schedules: few rows, each with what became of its last due times. */
import type { Migration } from './migration.ts';

/** They go with their project: a later one of its name is somebody else's. */
const SCHEDULE = `
CREATE TABLE schedule (
  uid uuid PRIMARY KEY,
  project text NOT NULL REFERENCES project (name) ON DELETE CASCADE,
  name text NOT NULL,
  labels jsonb NOT NULL,
  spec jsonb NOT NULL,
  -- Whom its jobs are submitted for; looked up anew each time.
  owner jsonb NOT NULL,
  version integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  -- The first due time that was not dealt with; none while it is suspended.
  next_at bigint,
  last_due_at bigint,
  runs jsonb NOT NULL,
  live jsonb NOT NULL,
  UNIQUE (project, name)
) WITH (fillfactor = 70);
CREATE INDEX schedule_next ON schedule (next_at) WHERE next_at IS NOT NULL;`;

export const schedules: Migration = {
  number: 6,
  name: 'schedules',
  minWriter: 1,
  sql: SCHEDULE,
};
