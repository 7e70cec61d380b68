/** Resumes a schedule: its due times begin now, and what passed meanwhile was not missed. */
import { ScheduleAddress, ScheduleView } from '../../contract/schedule.ts';
import { withSuspension } from '../../core/schedule/revise.ts';
import { defineOperation } from '../define.ts';
import { changeSchedule, checkScheduleQueue } from './load.ts';
import { nextBy } from './put.ts';
import { viewSchedule } from './view.ts';

export const resumeSchedule = defineOperation({
  name: 'schedule.resume',
  summary: 'Resume a schedule: its due times begin now',
  input: ScheduleAddress,
  output: ScheduleView,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/schedules/{project}/{name}/resume' },
  async handler({ input, principal, ports, now }) {
    const schedule = await changeSchedule(ports, input, async (found) => {
      await checkScheduleQueue(ports, { principal, asked: 'schedule.resume' }, found);
      return found.spec.suspended ? withSuspension(found, { suspended: false, now }, nextBy(ports)) : found;
    });
    return viewSchedule(ports, schedule);
  },
});
