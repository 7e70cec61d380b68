/** Put a suspended job back in its queue. */
import { JobView, StopJob } from '../../contract/job.ts';
import { resume } from '../../core/job/suspend.ts';
import { defineOperation } from '../define.ts';
import { decideOn } from './load.ts';
import { checkQueue, placeOf } from './queue-scope.ts';
import { viewJob } from './view.ts';

export const resumeJob = defineOperation({
  name: 'job.resume',
  summary: 'Put a suspended job back in its queue',
  input: StopJob,
  output: JobView,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/jobs/{project}/{job}/resume' },
  async handler({ input, principal, ports, now }) {
    const job = await decideOn(ports, input, (found) => {
      checkQueue(principal, 'job.resume', placeOf(found));
      return resume(found, { by: principal.id, reason: input.reason, now });
    });
    return viewJob(job);
  },
});
