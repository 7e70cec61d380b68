/** Roles and bindings as the API shows them. */
import type { BindingView, RoleView } from '../../contract/identity.ts';
import { formatTime } from '../../contract/scalars.ts';
import { grantOf } from '../../core/access/grants.ts';
import { gives } from '../../core/access/principal.ts';
import { ROLE_NAMES } from '../../core/access/roles.ts';
import type { CustomRole, RoleBinding } from '../../ports/role-store.ts';
import { viewScope } from '../identity/giving.ts';
import { knownOperations } from '../identity/known.ts';

export function viewRole(role: CustomRole): RoleView {
  const { name, description, operations, createdAt, createdBy } = role;
  return {
    name,
    builtIn: false,
    description,
    operations: [...operations],
    createdAt: formatTime(createdAt),
    createdBy,
  };
}

export function builtInRoles(): RoleView[] {
  return ROLE_NAMES.map((name) => ({
    name,
    builtIn: true,
    description: '',
    operations: operationsOf(name),
  }));
}

/** What a built-in role allows now. */
export function operationsOf(role: string): string[] {
  const grant = grantOf(role);
  return knownOperations()
    .filter((operation) => gives(grant, operation))
    .map(({ name }) => name);
}

export function viewBinding(binding: RoleBinding): BindingView {
  const { name, subject, role, scope, createdAt, createdBy } = binding;
  return { name, subject, role, scope: viewScope(scope), createdAt: formatTime(createdAt), createdBy };
}
