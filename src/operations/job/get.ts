/** Shows one job. */
import { JobAddress, JobView } from '../../contract/job.ts';
import type { Job } from '../../core/job/job.ts';
import { defineOperation } from '../define.ts';
import { explained } from '../task/explain.ts';
import { loadJob } from './load.ts';
import { viewJob } from './view.ts';

export const getJob = defineOperation({
  name: 'job.get',
  summary: 'Show one job',
  input: JobAddress,
  output: JobView,
  permission: 'job:read',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/jobs/{project}/{job}' },
  async handler({ input, ports }) {
    const [job] = await explained(ports, [await loadJob(ports, input)]);
    return viewJob(job as Job);
  },
});
