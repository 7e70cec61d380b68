/** Lists jobs, newest first, live and ended together. */
import { JobList, ListJobs } from '../../contract/job.ts';
import { defineOperation } from '../define.ts';
import { explained } from '../task/explain.ts';
import { visibleProjects } from '../visible.ts';
import { viewJob } from './view.ts';

const ASKED = { name: 'job.list', permission: 'job:read' } as const;

export const listJobs = defineOperation({
  ...ASKED,
  summary: 'List jobs, newest first',
  input: ListJobs,
  output: JobList,
  target: ({ project }) => (project === undefined ? 'any' : { project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/jobs' },
  async handler({ input, principal, ports, now }) {
    const { project, state, queue, type, handler, selector, newerThan, olderThan, cursor, limit } = input;
    const filter = {
      project,
      projects: visibleProjects(principal, ASKED, project),
      states: state,
      queue,
      type,
      handler,
      labels: selector,
      createdAfter: newerThan === undefined ? undefined : now - newerThan,
      createdBefore: olderThan === undefined ? undefined : now - olderThan,
    };
    const page = await ports.jobs.list(filter, { cursor, limit });
    return { items: (await explained(ports, page.items)).map(viewJob), next: page.next };
  },
});
