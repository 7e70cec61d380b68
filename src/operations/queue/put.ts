/** Makes a queue, or changes it. */
import { PutQueue, QueueView } from '../../contract/queue.ts';
import { Refused } from '../../core/errors/refused.ts';
import { checkTree } from '../../core/scheduling/check-tree.ts';
import type { Queue } from '../../core/scheduling/queue.ts';
import type { Around } from '../../ports/queue-store.ts';
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
    const queue = await ports.queues.put(input, now, (around) => checkPlace(input, around));
    const use = await ports.queues.use([queue.name]);
    return viewQueue(queue, use[queue.name]);
  },
});

/** @throws Refused `queue.tree` */
function checkPlace(queue: Queue, { queues, flavors }: Around): void {
  const problem = checkTree(queue, { others: queues, flavors });
  if (problem) throw new Refused('queue.tree', { queue: queue.name, ...problem });
}
