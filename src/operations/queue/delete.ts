/** Removes a queue that nothing uses. */
import { Deleted } from '../../contract/job.ts';
import { Named } from '../../contract/queue.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';

export const deleteQueue = defineOperation({
  name: 'queue.delete',
  summary: 'Remove a queue that nothing uses',
  input: Named,
  output: Deleted,
  permission: 'queue:write',
  target: ({ name }) => ({ queue: name }),
  effect: 'destructive',
  audit: 'change',
  http: { method: 'DELETE', path: '/api/v1/queues/{name}' },
  async handler({ input, ports }) {
    if (!(await ports.queues.remove(input.name))) throw new Refused('queue.not_found', { queue: input.name });
    return { deleted: true };
  },
});
