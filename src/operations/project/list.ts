/** Lists projects. */
import { Page, ProjectList } from '../../contract/queue.ts';
import { defineOperation } from '../define.ts';
import { viewProject } from './view.ts';

export const listProjects = defineOperation({
  name: 'project.list',
  summary: 'List projects',
  input: Page,
  output: ProjectList,
  permission: 'project:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/projects' },
  async handler({ input, ports }) {
    const page = await ports.projects.list(input);
    const items = page.items.map(async (project) =>
      viewProject(project, await ports.projects.count(project.name)),
    );
    return { items: await Promise.all(items), next: page.next };
  },
});
