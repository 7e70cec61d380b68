/** Ends a key for good: its tokens and what is open under it end within two seconds. */
import { KeyRef, KeyView } from '../../contract/identity.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { viewKey } from './view.ts';
import { keyToChange } from './within.ts';

const ASKED = { name: 'key.revoke', permission: 'key:write' } as const;

export const revokeKey = defineOperation({
  ...ASKED,
  summary: 'End a key, its tokens and what is open under it',
  input: KeyRef,
  output: KeyView,
  target: () => 'any',
  effect: 'destructive',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/keys/{key}/revoke' },
  async handler({ input, principal, ports, now }) {
    const { id, name } = await keyToChange(ports, { principal, asked: ASKED }, input.key);
    const revoked = await ports.keys.revoke(id, now);
    if (!revoked) throw new Refused('key.not_found', { key: name });
    return viewKey(revoked, now);
  },
});
