/** Takes a role back from a user, group or service: noticed within two seconds. */
import { Deleted } from '../../contract/job.ts';
import { Named } from '../../contract/queue.ts';
import { holds } from '../../core/access/within.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';

const ASKED = { name: 'binding.delete', permission: 'role:write' } as const;

export const deleteBinding = defineOperation({
  ...ASKED,
  summary: 'Take a role back from a user, group or service',
  input: Named,
  output: Deleted,
  target: () => 'any',
  effect: 'destructive',
  audit: 'change',
  http: { method: 'DELETE', path: '/api/v1/rolebindings/{name}' },
  async handler({ input, principal, ports }) {
    const { name } = input;
    const found = await ports.bindings.get(name);
    const reachable = found && holds(principal.grants, ASKED, found.scope);
    if (!reachable || !(await ports.bindings.remove(name))) {
      throw new Refused('binding.not_found', { binding: name });
    }
    return { deleted: true };
  },
});
