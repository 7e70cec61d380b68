/** Makes a binding or changes it; when it was made stays. */
import type { RoleBinding } from '../../../ports/role-store.ts';
import { TELL_IDENTITY } from '../channels.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { statement } from '../statement.ts';
import { BINDING_COLUMNS, type BindingRow, toBinding } from './role-row.ts';

export const putBinding = statement({
  name: 'binding_put',
  text: `
    INSERT INTO role_binding (name, subject, role, scope, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (name) DO UPDATE SET subject = EXCLUDED.subject, role = EXCLUDED.role, scope = EXCLUDED.scope,
      created_by = EXCLUDED.created_by
    RETURNING ${BINDING_COLUMNS}, ${TELL_IDENTITY}`,
  values: (binding: RoleBinding) => [
    binding.name,
    cleanText(binding.subject),
    binding.role,
    jsonText(binding.scope),
    binding.createdAt,
    cleanText(binding.createdBy),
  ],
  row: (row: BindingRow) => toBinding(row),
});
