/** Removes a schedule. Its jobs stay. */
import { Deleted } from '../../contract/job.ts';
import { ScheduleAddress } from '../../contract/schedule.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { checkScheduleQueue, loadSchedule } from './load.ts';

export const deleteSchedule = defineOperation({
  name: 'schedule.delete',
  summary: 'Remove a schedule; its jobs stay',
  input: ScheduleAddress,
  output: Deleted,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'destructive',
  audit: 'change',
  http: { method: 'DELETE', path: '/api/v1/schedules/{project}/{name}' },
  async handler({ input, principal, ports }) {
    const { project, name } = input;
    await checkScheduleQueue(
      ports,
      { principal, asked: 'schedule.delete' },
      await loadSchedule(ports, input),
    );
    if (!(await ports.schedules.remove(project, name)))
      throw new Refused('schedule.not_found', { project, schedule: name });
    return { deleted: true };
  },
});
