/**
 * The built-in roles: which permissions each gives. `docs/permissions.md` has the matrix of role ×
 * operation, and a test holds it to this table. Deny by default: what no role lists is refused.
 */

/** `noun:verb`; each operation names the one that it needs. */
export const PERMISSIONS = [
  'job:read',
  'job:write',
  'queue:read',
  'queue:write',
  'project:read',
  'project:write',
  'grant:read',
  'grant:write',
  'key:read',
  'key:write',
  'role:read',
  'role:write',
  'session:read',
  'session:write',
  'audit:read',
  'agent:link',
  'task:work',
  'self:read',
  'system:read',
  'system:write',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export const ROLE_NAMES = ['viewer', 'submitter', 'operator', 'auditor', 'admin', 'worker', 'agent'] as const;

export type RoleName = (typeof ROLE_NAMES)[number];

const SEE: readonly Permission[] = [
  'job:read',
  'queue:read',
  'project:read',
  'grant:read',
  'self:read',
  'system:read',
];

export const ROLES: Readonly<Record<RoleName, readonly Permission[]>> = {
  /** Sees jobs, queues and projects. */
  viewer: SEE,
  /** Submits and changes jobs. */
  submitter: [...SEE, 'job:write'],
  /** Runs the place: queues, grants, jobs of everybody within its scope. */
  operator: [...SEE, 'job:write', 'queue:write', 'grant:write', 'project:write'],
  /** Reads everything that evidence needs, changes nothing. */
  auditor: [...SEE, 'audit:read', 'key:read', 'role:read', 'session:read'],
  admin: PERMISSIONS.filter((permission) => permission !== 'agent:link' && permission !== 'task:work'),
  /** A warm worker of a queue. */
  worker: ['task:work', 'self:read'],
  /** A cluster's agent. */
  agent: ['agent:link', 'self:read'],
};
