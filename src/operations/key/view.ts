/** A key as the API shows it: all but its secret. */
import type { KeyView } from '../../contract/identity.ts';
import { formatTime } from '../../contract/scalars.ts';
import type { KeyRecord } from '../../ports/key-store.ts';
import { viewScope } from '../identity/giving.ts';

export function viewKey(key: KeyRecord, now: number): KeyView {
  const { previous } = key;
  return {
    id: key.id,
    name: key.name,
    prefix: `cap_${key.prefix}`,
    roles: [...key.roles],
    scope: viewScope(key.scope),
    state: stateOf(key, now),
    createdAt: formatTime(key.createdAt),
    createdBy: key.createdBy,
    expiresAt: time(key.expiresAt),
    revokedAt: time(key.revokedAt),
    previousEndsAt: previous && previous.until > now ? formatTime(previous.until) : undefined,
  };
}

function stateOf({ revokedAt, expiresAt }: KeyRecord, now: number): KeyView['state'] {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active';
}

function time(at: number | undefined): string | undefined {
  return at === undefined ? undefined : formatTime(at);
}
