/** Binds a user, a group or a service to a role, everywhere or in a scope: nobody binds to more than they have there. */
import { BindingView, PutBinding } from '../../contract/identity.ts';
import { defineOperation } from '../define.ts';
import { checkGiving, grantsOf, livingGrants, scopeOf } from '../identity/giving.ts';
import { viewBinding } from './view.ts';

const ASKED = { name: 'binding.put', permission: 'role:write' } as const;

export const putBinding = defineOperation({
  ...ASKED,
  summary: 'Bind a user, group or service to a role',
  input: PutBinding,
  output: BindingView,
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  http: { method: 'PUT', path: '/api/v1/rolebindings/{name}' },
  async handler({ input, principal, ports, now }) {
    const { name, subject, role } = input;
    const scope = scopeOf(input);
    checkGiving(principal, ASKED, await grantsOf(ports, [role], scope));
    const before = await ports.bindings.get(name);
    if (before) checkGiving(principal, ASKED, await livingGrants(ports, [before.role], before.scope));
    return viewBinding(
      await ports.bindings.put({ name, subject, role, scope, createdAt: now, createdBy: principal.id }),
    );
  },
});
