/** Lists roles, the built-in ones first. */
import { RoleList } from '../../contract/identity.ts';
import { Nothing } from '../../contract/system.ts';
import { defineOperation } from '../define.ts';
import { builtInRoles, viewRole } from './view.ts';

export const listRoles = defineOperation({
  name: 'role.list',
  summary: 'List roles and what they allow',
  input: Nothing,
  output: RoleList,
  permission: 'role:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/roles' },
  async handler({ ports }) {
    return { items: [...builtInRoles(), ...(await ports.roles.list()).map(viewRole)] };
  },
});
