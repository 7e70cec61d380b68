/** Makes an API key, with no more than its maker has. The key itself is in the answer and nowhere else. */
import { CreateKey, NewKeyView } from '../../contract/identity.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { checkGiving, grantsOf, scopeOf } from '../identity/giving.ts';
import { viewKey } from './view.ts';

const ASKED = { name: 'key.create', permission: 'key:write' } as const;

export const createKey = defineOperation({
  ...ASKED,
  summary: 'Make an API key; it is shown once',
  input: CreateKey,
  output: NewKeyView,
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/keys' },
  async handler({ input, principal, ports, now }) {
    const { name, roles, expiresIn } = input;
    const scope = scopeOf(input);
    checkGiving(principal, ASKED, await grantsOf(ports, roles, scope));
    const { secret, prefix, hmac } = ports.mint.make('cap');
    const key = {
      id: ports.chance.uid(now),
      name,
      prefix,
      hmac,
      roles,
      scope,
      createdAt: now,
      createdBy: principal.id,
      expiresAt: expiresIn === undefined ? undefined : now + expiresIn,
    };
    if (!(await ports.keys.insert(key))) throw new Refused('key.name_taken', { key: name });
    return { ...viewKey(key, now), key: secret };
  },
});
