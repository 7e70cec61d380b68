/** Which keys a principal may see and touch: one outside its scope is answered as one that is not there. */
import type { Asked, Principal } from '../../core/access/principal.ts';
import { holds } from '../../core/access/within.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Ports } from '../../ports/index.ts';
import type { KeyRecord } from '../../ports/key-store.ts';
import { checkGiving, livingGrants } from '../identity/giving.ts';

const READ = { name: 'key.list', permission: 'key:read' } as const;

export function sees(principal: Principal, key: KeyRecord): boolean {
  return holds(principal.grants, READ, key.scope);
}

/**
 * The key, when the principal could have made it: whoever rotates a key has its secret afterwards.
 * Throws Refused `key.not_found`, `auth.beyond`.
 */
export async function keyToChange(
  ports: Ports,
  { principal, asked }: { principal: Principal; asked: Asked },
  ref: string,
): Promise<KeyRecord> {
  const key = await ports.keys.get(ref);
  const visible = key && (sees(principal, key) || holds(principal.grants, asked, key.scope));
  if (!visible) throw new Refused('key.not_found', { key: ref });
  checkGiving(principal, asked, await livingGrants(ports, key.roles, key.scope));
  return key;
}
