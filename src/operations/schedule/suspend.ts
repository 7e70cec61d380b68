/** Suspends a schedule: nothing of it is due. Its jobs go on. */
import { ScheduleAddress, ScheduleView } from '../../contract/schedule.ts';
import { withSuspension } from '../../core/schedule/revise.ts';
import { defineOperation } from '../define.ts';
import { changeSchedule, checkScheduleQueue } from './load.ts';
import { nextBy } from './put.ts';
import { viewSchedule } from './view.ts';

export const suspendSchedule = defineOperation({
  name: 'schedule.suspend',
  summary: 'Suspend a schedule: nothing of it is due; its jobs go on',
  input: ScheduleAddress,
  output: ScheduleView,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/schedules/{project}/{name}/suspend' },
  async handler({ input, principal, ports, now }) {
    const schedule = await changeSchedule(ports, input, async (found) => {
      await checkScheduleQueue(ports, { principal, asked: 'schedule.suspend' }, found);
      return found.spec.suspended ? found : withSuspension(found, { suspended: true, now }, nextBy(ports));
    });
    return viewSchedule(ports, schedule);
  },
});
