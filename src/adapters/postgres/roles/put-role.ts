/** Makes a custom role or changes what it allows; who made it stays. */
import type { CustomRole } from '../../../ports/role-store.ts';
import { TELL_IDENTITY } from '../channels.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { statement } from '../statement.ts';
import { ROLE_COLUMNS, type RoleRow, toRole } from './role-row.ts';

export const putRole = statement({
  name: 'role_put',
  text: `
    INSERT INTO custom_role (name, description, operations, created_at, created_by) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (name) DO UPDATE SET description = EXCLUDED.description, operations = EXCLUDED.operations
    RETURNING ${ROLE_COLUMNS}, ${TELL_IDENTITY}`,
  values: (role: CustomRole) => [
    role.name,
    cleanText(role.description),
    jsonText(role.operations),
    role.createdAt,
    cleanText(role.createdBy),
  ],
  row: (row: RoleRow) => toRole(row),
});
