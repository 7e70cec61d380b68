/** Removes the record, logs and outputs of a job that has ended. */
import { Deleted, JobAddress } from '../../contract/job.ts';
import { Refused } from '../../core/errors/refused.ts';
import { hasEnded } from '../../core/job/state.ts';
import { defineOperation } from '../define.ts';
import { loadJob } from './load.ts';
import { checkQueue, placeOf } from './queue-scope.ts';
import { removeJob } from './remove.ts';

export const deleteJob = defineOperation({
  name: 'job.delete',
  summary: 'Remove the record, logs and outputs of a job that has ended',
  input: JobAddress,
  output: Deleted,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'destructive',
  audit: 'change',
  http: { method: 'DELETE', path: '/api/v1/jobs/{project}/{job}' },
  async handler({ input, principal, ports }) {
    const job = await loadJob(ports, input);
    checkQueue(principal, 'job.delete', placeOf(job));
    if (!hasEnded(job.state)) {
      throw new Refused('job.wrong_state', { job: job.name, state: job.state.name, why: 'cancel it first' });
    }
    return { deleted: await removeJob(ports, job) };
  },
});
