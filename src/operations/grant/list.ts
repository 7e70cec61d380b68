/** Lists which project may use which queue. */
import { Page, QueueGrantList } from '../../contract/queue.ts';
import { defineOperation } from '../define.ts';
import { viewGrant } from './view.ts';

export const listGrants = defineOperation({
  name: 'grant.list',
  summary: 'List queue grants',
  input: Page,
  output: QueueGrantList,
  permission: 'grant:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/queuegrants' },
  async handler({ input, ports }) {
    const page = await ports.grants.list(input);
    return { items: page.items.map(viewGrant), next: page.next };
  },
});
