/** Lists who is bound to which role, within the scope of who asks. */
import { BindingList } from '../../contract/identity.ts';
import { Page } from '../../contract/queue.ts';
import { holds } from '../../core/access/within.ts';
import { defineOperation } from '../define.ts';
import { viewBinding } from './view.ts';

const ASKED = { name: 'binding.list', permission: 'role:read' } as const;

export const listBindings = defineOperation({
  ...ASKED,
  summary: 'List who is bound to which role',
  input: Page,
  output: BindingList,
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/rolebindings' },
  async handler({ input, principal, ports }) {
    const page = await ports.bindings.list(input);
    const visible = page.items.filter(({ scope }) => holds(principal.grants, ASKED, scope));
    return { items: visible.map(viewBinding), next: page.next };
  },
});
