/** Watches jobs: the present state of one that is named, then the job as it is after each change. */
import { WatchedJob, WatchJobs } from '../../contract/stream.ts';
import { defineStream } from '../define.ts';
import { filterOf, follow } from '../event/follow.ts';
import { visibleProjects } from '../visible.ts';
import { viewJob } from './view.ts';

const ASKED = { name: 'job.watch', permission: 'job:read' } as const;

export const watchJobs = defineStream({
  ...ASKED,
  summary: 'Watch jobs change',
  input: WatchJobs,
  output: WatchedJob,
  target: ({ project }) => (project === undefined ? 'any' : { project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/jobs/watch' },
  async *handler({ input, principal, ports, signal }) {
    const filter = await filterOf(ports, input, visibleProjects(principal, ASKED, input.project));
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
