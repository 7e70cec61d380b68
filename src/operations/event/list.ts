/** Lists job events, newest first. */
import { EventList, ListEvents } from '../../contract/stream.ts';
import { defineOperation } from '../define.ts';
import { filterOf } from './follow.ts';
import { viewEvent } from './view.ts';

export const listEvents = defineOperation({
  name: 'event.list',
  summary: 'List job events, newest first',
  input: ListEvents,
  output: EventList,
  permission: 'job:read',
  target: ({ project }) => (project === undefined ? 'any' : { project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/events' },
  async handler({ input, ports }) {
    const { cursor, limit } = input;
    const page = await ports.events.list(await filterOf(ports, input), { cursor, limit });
    return { items: page.items.map(viewEvent), next: page.next };
  },
});
