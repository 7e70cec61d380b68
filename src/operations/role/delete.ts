/** Removes a role of your own that nobody has any more. */
import { Deleted } from '../../contract/job.ts';
import { Named } from '../../contract/queue.ts';
import { isBuiltIn } from '../../core/access/grants.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';

export const deleteRole = defineOperation({
  name: 'role.delete',
  summary: 'Remove a role of your own that nobody has',
  input: Named,
  output: Deleted,
  permission: 'role:write',
  target: () => ({}),
  effect: 'destructive',
  audit: 'change',
  http: { method: 'DELETE', path: '/api/v1/roles/{name}' },
  async handler({ input, ports }) {
    const { name } = input;
    if (isBuiltIn(name)) throw new Refused('role.built_in', { role: name });
    if (!(await ports.roles.remove(name))) throw new Refused('role.not_found', { role: name });
    return { deleted: true };
  },
});
