/** Lists queues with what they use now. */
import { Page, QueueList } from '../../contract/queue.ts';
import { defineOperation } from '../define.ts';
import { viewQueue } from './view.ts';

export const listQueues = defineOperation({
  name: 'queue.list',
  summary: 'List queues',
  input: Page,
  output: QueueList,
  permission: 'queue:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/queues' },
  async handler({ input, ports }) {
    const page = await ports.queues.list(input);
    const use = await ports.queues.use(page.items.map(({ name }) => name));
    return { items: page.items.map((queue) => viewQueue(queue, use[queue.name])), next: page.next };
  },
});
