/** Makes a queue, or changes it. */
import { PutQueue, QueueView } from '../../contract/queue.ts';
import { Refused } from '../../core/errors/refused.ts';
import { checkTree } from '../../core/scheduling/check-tree.ts';
import type { Queue } from '../../core/scheduling/queue.ts';
import type { Ports } from '../../ports/index.ts';
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
    await checkPlace(ports, input);
    const queue = await ports.queues.put(input, now);
    const use = await ports.queues.use([queue.name]);
    return viewQueue(queue, use[queue.name]);
  },
});

/** @throws Refused `queue.tree` */
async function checkPlace({ queues, flavors }: Ports, queue: Queue): Promise<void> {
  const others: Queue[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await queues.list({ cursor, limit: 500 });
    others.push(...page.items);
    if (page.next === undefined) break;
    cursor = page.next;
  }
  const names = new Set((await flavors.list()).map(({ name }) => name));
  const problem = checkTree(queue, { others, flavors: names });
  if (problem) throw new Refused('queue.tree', { queue: queue.name, ...problem });
}
