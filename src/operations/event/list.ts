/** Lists job events, newest first. */
import { EventList, ListEvents } from '../../contract/stream.ts';
import { defineOperation } from '../define.ts';
import { visibleProjects } from '../visible.ts';
import { filterOf } from './follow.ts';
import { eventsOfTask } from './of-task.ts';
import { viewEvent } from './view.ts';

const ASKED = { name: 'event.list', permission: 'job:read' } as const;

export const listEvents = defineOperation({
  ...ASKED,
  summary: 'List job events, newest first',
  input: ListEvents,
  output: EventList,
  target: ({ project }) => (project === undefined ? 'any' : { project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/events' },
  async handler({ input, principal, ports }) {
    const { cursor, limit } = input;
    const filter = await filterOf(ports, input, visibleProjects(principal, ASKED, input.project));
    const page = await ports.events.list(filter, { cursor, limit });
    if (filter.job !== undefined && cursor === undefined && page.next === undefined) {
      const [task] = await ports.tasks.jobs([filter.job]);
      const start = task && (await ports.events.cursor('start'));
      if (task) return { items: eventsOfTask(task, page.items, start ?? '').map(viewEvent) };
    }
    return { items: page.items.map(viewEvent), next: page.next };
  },
});
