/**
 * Whether somebody may give away a grant: only what they hold themselves, where they hold it. It
 * guards every way to make a credential, a role or a binding, so that none of them is a way up.
 */
import type { Asked, Grant, Scope } from './principal.ts';
import { gives } from './principal.ts';
import type { Permission } from './roles.ts';

/** The permission that an operation needs; undefined when there is no such operation. */
export type PermissionOf = (operation: string) => Asked['permission'] | undefined;

/**
 * No person holds what a machine does: whoever runs the system in a scope hands it out there.
 * (A worker's key does not read jobs, an agent's does not submit them, so neither is a way up.)
 */
const HANDED_OUT: Partial<Record<Permission, Permission>> = {
  'task:work': 'system:write',
  'agent:link': 'system:write',
};

export function isWithin(wanted: Grant, held: readonly Grant[], permissionOf: PermissionOf): boolean {
  return lacking(wanted, held, permissionOf).length === 0;
}

/** What the holder lacks of a grant: permissions and operations by name. */
export function lacking(wanted: Grant, held: readonly Grant[], permissionOf: PermissionOf): string[] {
  const permissions = wanted.permissions.filter(
    (permission) =>
      !holds(held, { name: '', permission: HANDED_OUT[permission] ?? permission }, wanted.scope),
  );
  const operations = wanted.operations.filter((name) => {
    const permission = permissionOf(name);
    return permission === undefined || !holds(held, { name, permission }, wanted.scope);
  });
  return [...permissions, ...operations];
}

/** True when the grants give what is asked at every place of the scope. */
export function holds(held: readonly Grant[], asked: Asked, scope: Scope): boolean {
  const giving = held.filter((grant) => gives(grant, asked));
  return (
    giving.length > 0 && placesOf(scope).every((place) => giving.some((grant) => has(grant.scope, place)))
  );
}

/** One project (or all) with one queue (or all). */
interface Place {
  readonly project: string | undefined;
  readonly queue: string | undefined;
  readonly handlers: readonly string[] | undefined;
}

function placesOf({ projects, queues, handlers }: Scope): Place[] {
  return (projects ?? [undefined]).flatMap((project) =>
    (queues ?? [undefined]).map((queue) => ({ project, queue, handlers })),
  );
}

function has({ projects, queues, handlers }: Scope, { project, queue, handlers: wanted }: Place): boolean {
  if (handlers && !wanted?.every((handler) => handlers.includes(handler))) return false;
  if (projects && (project === undefined || !projects.includes(project))) return false;
  if (!queues) return true;
  // With a project, a place also stands for what names no queue there; queues alone do not cover that.
  return queue !== undefined && queues.includes(queue) && (project === undefined || projects !== undefined);
}
