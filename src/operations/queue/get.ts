/** Shows one queue with what it uses now. */
import { Named, QueueView } from '../../contract/queue.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { viewQueue } from './view.ts';

export const getQueue = defineOperation({
  name: 'queue.get',
  summary: 'Show one queue',
  input: Named,
  output: QueueView,
  permission: 'queue:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/queues/{name}' },
  async handler({ input, ports }) {
    const queue = await ports.queues.get(input.name);
    if (!queue) throw new Refused('queue.not_found', { queue: input.name });
    const use = await ports.queues.use([queue.name]);
    return viewQueue(queue, use[queue.name]);
  },
});
