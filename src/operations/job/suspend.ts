/** Suspend a job. */
import { JobView, StopJob } from '../../contract/job.ts';
import { suspend } from '../../core/job/suspend.ts';
import { defineOperation } from '../define.ts';
import { decideOn } from './load.ts';
import { checkQueue, placeOf } from './queue-scope.ts';
import { viewJob } from './view.ts';

export const suspendJob = defineOperation({
  name: 'job.suspend',
  summary: 'Suspend a job',
  input: StopJob,
  output: JobView,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'destructive',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/jobs/{project}/{job}/suspend' },
  async handler({ input, principal, ports, now }) {
    const job = await decideOn(ports, input, (found) => {
      checkQueue(principal, 'job.suspend', placeOf(found));
      return suspend(found, { by: principal.id, reason: input.reason, now });
    });
    return viewJob(job);
  },
});
