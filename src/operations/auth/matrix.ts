/** Every operation with the roles that may do it: from the definitions, as the gate itself reads them. */
import { MatrixView } from '../../contract/identity.ts';
import { Nothing } from '../../contract/system.ts';
import { grantOf } from '../../core/access/grants.ts';
import { type Grant, may, type Principal } from '../../core/access/principal.ts';
import { ROLE_NAMES } from '../../core/access/roles.ts';
import { defineOperation, type Operation } from '../define.ts';
import { customRoles } from '../identity/giving.ts';
import { knownOperations } from '../identity/known.ts';

export const showMatrix = defineOperation({
  name: 'auth.matrix',
  summary: 'Which role may do which operation',
  input: Nothing,
  output: MatrixView,
  permission: 'self:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/auth/matrix' },
  async handler({ principal, ports }) {
    const reads = may(principal, { name: 'role.list', permission: 'role:read' }, 'any');
    return matrixOf(knownOperations(), reads ? await customRoles(ports) : new Map());
  },
});

/** @param custom operations by the name of their role */
export function matrixOf(
  operations: readonly Operation[],
  custom: ReadonlyMap<string, readonly string[]> = new Map(),
) {
  const roles = [...ROLE_NAMES, ...custom.keys()];
  return {
    roles,
    operations: operations.map((operation) => ({
      name: operation.name,
      summary: operation.summary,
      permission: operation.permission,
      effect: operation.effect,
      roles: roles.filter((role) => may(holding(grantOf(role, {}, custom)), operation, 'any')),
    })),
  };
}

function holding(grant: Grant): Principal {
  return { id: `role/${grant.role}`, kind: 'system', grants: [grant] };
}
