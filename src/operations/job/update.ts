/** Changes what may change after submission: priority, queue, labels. */
import { JobView, UpdateJob } from '../../contract/job.ts';
import { Refused } from '../../core/errors/refused.ts';
import { update } from '../../core/job/update.ts';
import { defineOperation } from '../define.ts';
import { decideOn, loadJob } from './load.ts';
import { checkPlacement } from './placement.ts';
import { checkQueue, placeOf } from './queue-scope.ts';
import { viewJob } from './view.ts';

export const updateJob = defineOperation({
  name: 'job.update',
  summary: 'Change the priority, queue or labels of a job',
  input: UpdateJob,
  output: JobView,
  permission: 'job:write',
  target: ({ project }) => ({ project }),
  effect: 'write',
  audit: 'change',
  http: { method: 'PATCH', path: '/api/v1/jobs/{project}/{job}' },
  async handler({ input, principal, ports, now }) {
    const { priority, queue, labels, resourceVersion } = input;
    const before = await loadJob(ports, input);
    checkQueue(principal, 'job.update', placeOf(before));
    if (priority !== undefined || queue !== undefined) {
      const to = {
        project: before.project,
        queue: queue ?? before.spec.queue,
        priority: priority ?? before.spec.priority,
      };
      checkQueue(principal, 'job.update', to);
      await checkPlacement(ports, to);
    }
    const job = await decideOn(ports, { project: input.project, job: before.uid }, (found) => {
      checkQueue(principal, 'job.update', placeOf(found));
      if (resourceVersion !== undefined && resourceVersion !== String(found.version)) {
        throw new Refused('job.conflict', { job: found.name });
      }
      return update(found, { priority, queue, labels, by: principal.id, now });
    });
    return viewJob(job);
  },
});
