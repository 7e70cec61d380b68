/** Shows one project. */
import { Named, ProjectView } from '../../contract/queue.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { viewProject } from './view.ts';

export const getProject = defineOperation({
  name: 'project.get',
  summary: 'Show one project',
  input: Named,
  output: ProjectView,
  permission: 'project:read',
  target: ({ name }) => ({ project: name }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/projects/{name}' },
  async handler({ input, ports }) {
    const project = await ports.projects.get(input.name);
    if (!project) throw new Refused('project.not_found', { project: input.name });
    return viewProject(project, await ports.projects.count(project.name));
  },
});
