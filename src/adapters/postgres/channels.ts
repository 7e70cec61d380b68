/** The NOTIFY channels of the three topics. A payload holds keys, one a line; an empty one means "look yourself". */
import type { Topic } from '../../ports/signals.ts';

export const CHANNELS: Readonly<Record<Topic, string>> = {
  schedule: 'capstan_schedule',
  agent: 'capstan_agent',
  event: 'capstan_event',
};

/** A column that tells the scheduler to look, once per row. */
export const WAKE_SCHEDULER = `pg_notify('${CHANNELS.schedule}', '')::text AS woken`;
