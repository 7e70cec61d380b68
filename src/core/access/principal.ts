/** Who asks, and whether they may. Deny by default: what no role lists is refused. */

export type Role = 'admin' | 'agent';

/** `noun:verb`; each operation names the one that it needs. */
export type Permission =
  | 'job:read'
  | 'job:write'
  | 'queue:read'
  | 'queue:write'
  | 'project:read'
  | 'project:write'
  | 'grant:read'
  | 'grant:write'
  | 'agent:link'
  | 'system:read';

export interface Principal {
  readonly id: string;
  readonly roles: readonly Role[];
}

const PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  admin: new Set([
    'job:read',
    'job:write',
    'queue:read',
    'queue:write',
    'project:read',
    'project:write',
    'grant:read',
    'grant:write',
    'system:read',
  ]),
  agent: new Set(['agent:link']),
};

export function may(principal: Principal, permission: Permission): boolean {
  return principal.roles.some((role) => PERMISSIONS[role].has(permission));
}
