/** Makes a queue, or changes it. */
import { PutQueue, QueueView } from '../../contract/queue.ts';
import { defineOperation } from '../define.ts';
import { viewQueue } from './view.ts';

export const putQueue = defineOperation({
  name: 'queue.put',
  summary: 'Make or change a queue',
  input: PutQueue,
  output: QueueView,
  permission: 'queue:write',
  target: ({ name }) => ({ queue: name }),
  effect: 'write',
  audit: 'change',
  http: { method: 'PUT', path: '/api/v1/queues/{name}' },
  async handler({ input, ports, now }) {
    const queue = await ports.queues.put(input, now);
    const use = await ports.queues.use([queue.name]);
    return viewQueue(queue, use[queue.name]);
  },
});
