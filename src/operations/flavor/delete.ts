/** Removes a flavor that no queue names. */
import { Deleted } from '../../contract/job.ts';
import { Named } from '../../contract/queue.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';

export const deleteFlavor = defineOperation({
  name: 'flavor.delete',
  summary: 'Remove a flavor that no queue names',
  input: Named,
  output: Deleted,
  permission: 'queue:write',
  target: () => ({}),
  effect: 'destructive',
  audit: 'change',
  http: { method: 'DELETE', path: '/api/v1/flavors/{name}' },
  async handler({ input, ports }) {
    if (!(await ports.flavors.remove(input.name)))
      throw new Refused('flavor.not_found', { flavor: input.name });
    return { deleted: true };
  },
});
