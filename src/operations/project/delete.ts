/** Removes a project without live jobs. */
import { Deleted } from '../../contract/job.ts';
import { Named } from '../../contract/queue.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';

export const deleteProject = defineOperation({
  name: 'project.delete',
  summary: 'Remove a project without live jobs',
  input: Named,
  output: Deleted,
  permission: 'project:write',
  target: ({ name }) => ({ project: name }),
  effect: 'destructive',
  audit: 'change',
  http: { method: 'DELETE', path: '/api/v1/projects/{name}' },
  async handler({ input, ports }) {
    if (!(await ports.projects.remove(input.name)))
      throw new Refused('project.not_found', { project: input.name });
    return { deleted: true };
  },
});
