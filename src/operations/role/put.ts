/** Makes a role of your own, or changes it: a list of operations, none that its author lacks. */
import { PutRole, RoleView } from '../../contract/identity.ts';
import { grantOf, isBuiltIn } from '../../core/access/grants.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { checkGiving, customRoles } from '../identity/giving.ts';
import { operationCalled } from '../identity/known.ts';
import { viewRole } from './view.ts';

const ASKED = { name: 'role.put', permission: 'role:write' } as const;

export const putRole = defineOperation({
  ...ASKED,
  summary: 'Make or change a role of your own',
  input: PutRole,
  output: RoleView,
  // A role holds wherever it is bound, so its author must hold everything in it everywhere.
  target: () => ({}),
  effect: 'write',
  audit: 'change',
  http: { method: 'PUT', path: '/api/v1/roles/{name}' },
  async handler({ input, principal, ports, now }) {
    const { name, description } = input;
    if (isBuiltIn(name)) throw new Refused('role.built_in', { role: name });
    const operations = [...new Set(input.operations)].sort();
    const unknown = operations.find((operation) => operationCalled(operation) === undefined);
    if (unknown !== undefined) throw new Refused('operation.unknown', { operation: unknown });
    const before = (await customRoles(ports)).get(name) ?? [];
    const all = new Map([[name, [...new Set([...operations, ...before])]]]);
    checkGiving(principal, ASKED, [grantOf(name, {}, all)]);
    return viewRole(
      await ports.roles.put({ name, description, operations, createdAt: now, createdBy: principal.id }),
    );
  },
});
