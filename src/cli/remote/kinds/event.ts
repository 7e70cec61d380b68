/** Events in lists: the newest at the bottom, as a log is read. */
import type { EventView } from '../../../contract/stream.ts';
import { UsageError } from '../../errors.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { readPages } from '../pages.ts';
import type { Kind, Listed } from './kind.ts';

export const eventKind: Kind<EventView> = {
  name: 'event',
  plural: 'events',
  aliases: ['ev'],
  projected: true,
  narrowings: [],
  columns: [
    { head: 'PROJECT', cell: (event) => event.project, only: 'project' },
    { head: 'AGE', cell: (event, { now }) => age(event.at, now) },
    {
      head: 'TYPE',
      cell: (event, { paint }) => (event.type === 'warning' ? paint.error(event.type) : event.type),
      room: 7,
    },
    { head: 'REASON', cell: (event) => oneLine(event.reason), room: 16 },
    { head: 'JOB', cell: (event) => event.job, room: 16 },
    { head: 'STATE', cell: (event) => event.state, only: 'wide' },
    { head: 'UID', cell: (event) => event.uid, only: 'wide' },
    { head: 'MESSAGE', cell: (event) => oneLine(event.message) },
  ],
  nameOf: (event) => event.id,
  list: (client, { project, limit }) => listEvents(client, { project }, limit),
  async get() {
    throw new UsageError('events have no names', '`capstan events JOB` shows those of a job.');
  },
};

export async function listEvents(
  client: Client,
  of: { project: string | undefined; job?: string | undefined },
  limit: number,
): Promise<Listed<EventView>> {
  const { items, more } = await readPages((page) => client.call('event.list', { ...of, ...page }), limit);
  return { items: items.toReversed(), more };
}
