/** Give a failed job another chance. */
import { JobView, StopJob } from '../../contract/job.ts';
import { redrive } from '../../core/job/redrive.ts';
import { defineOperation } from '../define.ts';
import { decideOn } from './load.ts';
import { checkQueue, placeOf } from './queue-scope.ts';
import { viewJob } from './view.ts';

export const redriveJob = defineOperation({
  name: 'job.redrive',
  summary: 'Give a failed job another chance',
  input: StopJob,
  output: JobView,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/jobs/{project}/{job}/redrive' },
  async handler({ input, principal, ports, now }) {
    const job = await decideOn(ports, input, (found) => {
      checkQueue(principal, 'job.redrive', placeOf(found));
      return redrive(found, { by: principal.id, reason: input.reason, now });
    });
    return viewJob(job);
  },
});
