/** Lists projects. */
import { Page, ProjectList } from '../../contract/queue.ts';
import { defineOperation } from '../define.ts';
import { visibleProjects } from '../visible.ts';
import { viewProject } from './view.ts';

const ASKED = { name: 'project.list', permission: 'project:read' } as const;

export const listProjects = defineOperation({
  ...ASKED,
  summary: 'List projects',
  input: Page,
  output: ProjectList,
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/projects' },
  async handler({ input, principal, ports }) {
    const page = await ports.projects.list(input, visibleProjects(principal, ASKED));
    const items = page.items.map(async (project) =>
      viewProject(project, await ports.projects.count(project.name)),
    );
    return { items: await Promise.all(items), next: page.next };
  },
});
