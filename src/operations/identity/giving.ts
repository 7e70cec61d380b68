/** What every way to give rights away has in common: roles become grants, and nobody gives what they lack. */
import { grantOf, isBuiltIn } from '../../core/access/grants.ts';
import type { Asked, Grant, Principal, Scope } from '../../core/access/principal.ts';
import { holds, lacking } from '../../core/access/within.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Ports } from '../../ports/index.ts';
import { permissionOf } from './known.ts';

/** Throws Refused `role.not_found`. */
export async function grantsOf(ports: Ports, roles: readonly string[], scope: Scope): Promise<Grant[]> {
  const custom = roles.every(isBuiltIn) ? new Map() : await customRoles(ports);
  const unknown = roles.find((role) => !isBuiltIn(role) && !custom.has(role));
  if (unknown !== undefined) throw new Refused('role.not_found', { role: unknown });
  return roles.map((role) => grantOf(role, scope, custom));
}

export async function customRoles({ roles }: Pick<Ports, 'roles'>): Promise<Map<string, readonly string[]>> {
  return new Map((await roles.list()).map(({ name, operations }) => [name, operations]));
}

/**
 * Throws Refused `auth.beyond` unless the principal holds what it gives, and the right to give it,
 * everywhere in the scope.
 */
export function checkGiving(principal: Principal, asked: Asked, given: readonly Grant[]): void {
  for (const grant of given) {
    if (!holds(principal.grants, asked, grant.scope)) throw beyond(principal, [asked.name]);
    const lacks = lacking(grant, principal.grants, permissionOf);
    if (lacks.length > 0) throw beyond(principal, lacks);
  }
}

/** As `grantsOf`, but a role that is gone is no mistake: it allows nothing. */
export async function livingGrants(ports: Ports, roles: readonly string[], scope: Scope): Promise<Grant[]> {
  const custom = roles.every(isBuiltIn) ? new Map() : await customRoles(ports);
  return roles.map((role) => grantOf(role, scope, custom));
}

function beyond({ id }: Principal, lacks: readonly string[]): Refused {
  return new Refused('auth.beyond', { principal: id, lacking: lacks.slice(0, 10).join(', ') });
}

/** Absent fields are left out, so that equal scopes look equal. */
export function scopeOf({ projects, queues, handlers }: Scope): Scope {
  return {
    ...(projects && { projects: [...projects] }),
    ...(queues && { queues: [...queues] }),
    ...(handlers && { handlers: [...handlers] }),
  };
}

export function viewScope(scope: Scope): { projects?: string[]; queues?: string[]; handlers?: string[] } {
  return scopeOf(scope) as { projects?: string[]; queues?: string[]; handlers?: string[] };
}
