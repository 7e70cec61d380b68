/** Watches jobs: the present state of one that is named, then the job as it is after each change. */
import { WatchedJob, WatchJobs } from '../../contract/stream.ts';
import { defineStream } from '../define.ts';
import { filterOf, follow } from '../event/follow.ts';
import { viewJob } from './view.ts';

export const watchJobs = defineStream({
  name: 'job.watch',
  summary: 'Watch jobs change',
  input: WatchJobs,
  output: WatchedJob,
  permission: 'job:read',
  target: ({ project }) => (project === undefined ? 'any' : { project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/jobs/watch' },
  async *handler({ input, ports, signal }) {
    const filter = await filterOf(ports, input);
    const cursor = input.after ?? (await ports.events.cursor('now'));
    if (filter.job !== undefined && input.after === undefined) {
      const present = await ports.jobs.get(filter.project ?? '', filter.job);
      if (present) yield { id: cursor, job: viewJob(present) };
    }
    for await (const event of follow(ports, { cursor, filter }, signal)) {
      const job = await ports.jobs.get(event.project, event.uid);
      if (job) yield { id: event.cursor, job: viewJob(job) };
    }
  },
});
