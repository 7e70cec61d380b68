/** Shows one schedule, with its next due times and what became of the last ones. */
import { ScheduleAddress, ScheduleView } from '../../contract/schedule.ts';
import { defineOperation } from '../define.ts';
import { loadSchedule } from './load.ts';
import { viewSchedule } from './view.ts';

export const getSchedule = defineOperation({
  name: 'schedule.get',
  summary: 'Show one schedule, with its next due times and what became of the last ones',
  input: ScheduleAddress,
  output: ScheduleView,
  permission: 'job:read',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/schedules/{project}/{name}' },
  handler: async ({ input, ports }) => viewSchedule(ports, await loadSchedule(ports, input)),
});
