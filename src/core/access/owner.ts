/**
 * Whom something goes on for when nobody is signed in: enough of a principal to find out later what it
 * may then. It opens no door, and carries no right: those are looked up each time.
 */
import type { Principal, PrincipalKind } from './principal.ts';

export interface Owner {
  /** As in `Principal.id`. */
  readonly id: string;
  readonly kind: PrincipalKind;
  /** Of a key: its id. */
  readonly key?: string | undefined;
  /** Of a person: the groups that the issuer named at the last sign-in before this. */
  readonly groups?: readonly string[] | undefined;
}

export function ownerOf({ id, kind, credential, groups }: Principal): Owner {
  if (kind === 'key') return { id, kind, ...(credential === undefined ? {} : { key: credential }) };
  return { id, kind, ...(groups === undefined ? {} : { groups: [...groups] }) };
}
