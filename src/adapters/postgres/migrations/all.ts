/** Every migration, in the order in which they are applied. */
import { jobsAndEvents } from './0001-jobs-and-events.ts';
import { identity } from './0002-identity.ts';
import { audit } from './0003-audit.ts';
import { webhooks } from './0004-webhooks.ts';
import { tasks } from './0005-tasks.ts';
import { schedules } from './0006-schedules.ts';
import { scheduling } from './0007-scheduling.ts';
import type { Migration } from './migration.ts';

export const MIGRATIONS: readonly Migration[] = [
  jobsAndEvents,
  identity,
  audit,
  webhooks,
  tasks,
  schedules,
  scheduling,
];
