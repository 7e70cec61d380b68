/** The NOTIFY channels of the topics. A payload holds keys, one a line; an empty one means "look yourself". */
import type { Topic } from '../../ports/signals.ts';

export const CHANNELS: Readonly<Record<Topic, string>> = {
  schedule: 'capstan_schedule',
  agent: 'capstan_agent',
  event: 'capstan_event',
  identity: 'capstan_identity',
  task: 'capstan_task',
  gate: 'capstan_gate',
  cron: 'capstan_cron',
};

/** A column that tells the scheduler that something other than a job changed, once per row. */
export const WAKE_SCHEDULER = `pg_notify('${CHANNELS.schedule}', 'rest')::text AS woken`;

/** A column that tells every replica to look up anew who is who, once per row. */
export const TELL_IDENTITY = `pg_notify('${CHANNELS.identity}', '')::text AS told`;

/** A column that tells who looks after schedules, once per row. */
export const WAKE_CRON = `pg_notify('${CHANNELS.cron}', '')::text AS woken`;
