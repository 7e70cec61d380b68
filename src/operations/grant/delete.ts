/** Ends a project's use of a queue; its waiting jobs say so. */
import { Deleted } from '../../contract/job.ts';
import { GrantAddress } from '../../contract/queue.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { checkSeesProject } from '../visible.ts';

export const deleteGrant = defineOperation({
  name: 'grant.delete',
  summary: 'End the use of a queue by a project',
  input: GrantAddress,
  output: Deleted,
  permission: 'grant:write',
  target: ({ project, queue }) => ({ project, queue }),
  effect: 'destructive',
  audit: 'change',
  http: { method: 'DELETE', path: '/api/v1/queuegrants/{project}/{queue}' },
  async handler({ input, principal, ports }) {
    const { project, queue } = input;
    checkSeesProject(principal, project);
    if (!(await ports.grants.remove(project, queue)))
      throw new Refused('grant.not_found', { project, queue });
    return { deleted: true };
  },
});
