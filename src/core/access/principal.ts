/** Who asks, and whether they may. */
import type { Permission } from './roles.ts';

/**
 * Where a grant holds. Both conditions must: a target in one of the projects, and, where the target
 * names a queue, one of the queues. Absent: everywhere.
 */
export interface Scope {
  readonly projects?: readonly string[] | undefined;
  readonly queues?: readonly string[] | undefined;
  /** Of workers: only these handlers. */
  readonly handlers?: readonly string[] | undefined;
}

/** A role as it was when the principal was identified, and where it holds. */
export interface Grant {
  /** Built-in or custom. */
  readonly role: string;
  readonly permissions: readonly Permission[];
  /** Operations by name, of a custom role. */
  readonly operations: readonly string[];
  readonly scope: Scope;
}

export type PrincipalKind = 'key' | 'user' | 'service' | 'agent' | 'system' | 'anonymous';

export interface Principal {
  /** Unique and stable: `key/ci`, `user/ada@example.org`, `agent/local`. */
  readonly id: string;
  readonly kind: PrincipalKind;
  readonly grants: readonly Grant[];
  /** The session or key that the token came from: revoked, it ends what is open. */
  readonly credential?: string | undefined;
  /** Groups of the issuer that signed the person in. */
  readonly groups?: readonly string[] | undefined;
  /** Of the access token that was shown, epoch milliseconds; absent when the key itself was. */
  readonly tokenEndsAt?: number | undefined;
}

/** Who has not signed in yet: may do what is open, and nothing else. */
export const ANONYMOUS: Principal = { id: 'anonymous', kind: 'anonymous', grants: [] };

/** What an operation is about to touch. Absent fields: not about one project (queue). */
export interface Target {
  readonly project?: string | undefined;
  readonly queue?: string | undefined;
  /** What a worker serves. */
  readonly handler?: string | undefined;
}

/** What is asked of a principal: an operation by name, and the permission that it needs. */
export interface Asked {
  readonly name: string;
  /** `open`: the sign-in handshake, which has no principal yet. */
  readonly permission: Permission | 'open';
}

/** @param target `any`: it is enough to have the permission somewhere; the operation shows only what is in scope */
export function may(principal: Principal, asked: Asked, target: Target | 'any'): boolean {
  if (asked.permission === 'open') return true;
  return principal.grants.some(
    (grant) => gives(grant, asked) && (target === 'any' || covers(grant.scope, target)),
  );
}

/** The projects in which a principal may; `all` where no grant is confined to some. */
export function projectsOf(principal: Principal, asked: Asked): 'all' | readonly string[] {
  // What is confined to queues alone says nothing of any project (see `covers`).
  const giving = principal.grants.filter((grant) => gives(grant, asked) && !isOfQueuesAlone(grant.scope));
  if (giving.some(({ scope }) => scope.projects === undefined)) return 'all';
  return [...new Set(giving.flatMap(({ scope }) => scope.projects ?? []))].sort();
}

export function gives(grant: Grant, { name, permission }: Asked): boolean {
  return grant.permissions.some((held) => held === permission) || grant.operations.includes(name);
}

function isOfQueuesAlone({ projects, queues }: Scope): boolean {
  return queues !== undefined && projects === undefined;
}

function covers({ projects, queues, handlers }: Scope, target: Target): boolean {
  if (handlers && target.handler !== undefined && !handlers.includes(target.handler)) return false;
  if (projects && (target.project === undefined || !projects.includes(target.project))) return false;
  // A grant confined to queues says nothing of what names none, but where a project confines it as well.
  if (queues && target.queue === undefined) return projects !== undefined;
  return !queues || (target.queue !== undefined && queues.includes(target.queue));
}
