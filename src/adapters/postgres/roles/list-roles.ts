/** Every custom role, by name. */
import { statement } from '../statement.ts';
import { ROLE_COLUMNS, type RoleRow, toRole } from './role-row.ts';

export const listRoles = statement({
  name: 'role_list',
  text: `SELECT ${ROLE_COLUMNS} FROM custom_role ORDER BY name`,
  values: (_: undefined) => [],
  row: (row: RoleRow) => toRole(row),
});
