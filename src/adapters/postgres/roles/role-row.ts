/** How roles and bindings are read. */
import type { QueryResultRow } from 'pg';
import type { CustomRole, RoleBinding } from '../../../ports/role-store.ts';

export const ROLE_COLUMNS = 'name, description, operations, created_at, created_by';
export const BINDING_COLUMNS = 'name, subject, role, scope, created_at, created_by';

interface Made extends QueryResultRow {
  readonly name: string;
  readonly created_at: number;
  readonly created_by: string;
}

export interface RoleRow extends Made {
  readonly description: string;
  readonly operations: readonly string[];
}

export interface BindingRow extends Made {
  readonly subject: string;
  readonly role: string;
  readonly scope: RoleBinding['scope'];
}

export function toRole({ name, description, operations, created_at, created_by }: RoleRow): CustomRole {
  return { name, description, operations, createdAt: created_at, createdBy: created_by };
}

export function toBinding({ name, subject, role, scope, created_at, created_by }: BindingRow): RoleBinding {
  return { name, subject, role, scope, createdAt: created_at, createdBy: created_by };
}
