/** Lists schedules by project and name. */
import { ListSchedules, ScheduleList } from '../../contract/schedule.ts';
import { defineOperation } from '../define.ts';
import { visibleProjects } from '../visible.ts';
import { viewSchedules } from './view.ts';

const ASKED = { name: 'schedule.list', permission: 'job:read' } as const;

export const listSchedules = defineOperation({
  ...ASKED,
  summary: 'List schedules by project and name',
  input: ListSchedules,
  output: ScheduleList,
  target: ({ project }) => (project === undefined ? 'any' : { project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/schedules' },
  async handler({ input, principal, ports }) {
    const { project, selector, cursor, limit } = input;
    const filter = { project, projects: visibleProjects(principal, ASKED, project), labels: selector };
    const page = await ports.schedules.list(filter, { cursor, limit });
    return { items: await viewSchedules(ports, page.items), next: page.next };
  },
});
