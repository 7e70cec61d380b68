/** Cancels a job: its processes get the checkpoint grace, its quota is freed when they are gone. */
import { JobView, StopJob } from '../../contract/job.ts';
import { cancel } from '../../core/job/cancel.ts';
import { defineOperation } from '../define.ts';
import { decideOn } from './load.ts';
import { checkQueue, placeOf } from './queue-scope.ts';
import { viewJob } from './view.ts';

export const cancelJob = defineOperation({
  name: 'job.cancel',
  summary: 'Cancel a job: its processes get the checkpoint grace, its quota is freed when they are gone',
  input: StopJob,
  output: JobView,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'destructive',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/jobs/{project}/{job}/cancel' },
  async handler({ input, principal, ports, now }) {
    const job = await decideOn(ports, input, (found) => {
      checkQueue(principal, 'job.cancel', placeOf(found));
      return cancel(found, { by: principal.id, reason: input.reason, now });
    });
    return viewJob(job);
  },
});
