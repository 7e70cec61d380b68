/** Makes a project, or changes it. */
import { ProjectView, PutProject } from '../../contract/queue.ts';
import { defineOperation } from '../define.ts';
import { viewProject } from './view.ts';

export const putProject = defineOperation({
  name: 'project.put',
  summary: 'Make or change a project',
  input: PutProject,
  output: ProjectView,
  permission: 'project:write',
  target: ({ name }) => ({ project: name }),
  effect: 'write',
  audit: 'change',
  http: { method: 'PUT', path: '/api/v1/projects/{name}' },
  async handler({ input, ports, now }) {
    const project = await ports.projects.put(input, now);
    return viewProject(project, await ports.projects.count(project.name));
  },
});
