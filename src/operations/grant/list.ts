/** Lists which project may use which queue. */
import { Page, QueueGrantList } from '../../contract/queue.ts';
import { defineOperation } from '../define.ts';
import { visibleProjects } from '../visible.ts';
import { viewGrant } from './view.ts';

const ASKED = { name: 'grant.list', permission: 'grant:read' } as const;

export const listGrants = defineOperation({
  ...ASKED,
  summary: 'List queue grants',
  input: Page,
  output: QueueGrantList,
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/queuegrants' },
  async handler({ input, principal, ports }) {
    const page = await ports.grants.list(input, visibleProjects(principal, ASKED));
    return { items: page.items.map(viewGrant), next: page.next };
  },
});
