/** Roles by name, resolved to what they allow. An unknown name allows nothing. */
import type { Grant, Scope } from './principal.ts';
import { ROLES, type RoleName } from './roles.ts';

export function isBuiltIn(role: string): role is RoleName {
  return Object.hasOwn(ROLES, role);
}

/** @param custom operations by the name of their role */
export function grantOf(
  role: string,
  scope: Scope = {},
  custom: ReadonlyMap<string, readonly string[]> = new Map(),
): Grant {
  const permissions = isBuiltIn(role) ? ROLES[role] : [];
  return { role, permissions, operations: custom.get(role) ?? [], scope };
}

/** Everybody who has signed in may ask who they are and what they may. */
export const SELF: Grant = { role: 'signed-in', permissions: ['self:read'], operations: [], scope: {} };
