/** Gives a key a new secret; the old one is taken for its grace, so that clients change over without a break. */
import { NewKeyView, RotateKey } from '../../contract/identity.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { viewKey } from './view.ts';
import { keyToChange } from './within.ts';

const ASKED = { name: 'key.rotate', permission: 'key:write' } as const;

const GRACE = 3_600_000;

export const rotateKey = defineOperation({
  ...ASKED,
  summary: 'Give a key a new secret; the old one is taken for a grace',
  input: RotateKey,
  output: NewKeyView,
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/keys/{key}/rotate' },
  async handler({ input, principal, ports, now }) {
    const key = await keyToChange(ports, { principal, asked: ASKED }, input.key);
    if (key.expiresAt !== undefined && key.expiresAt <= now)
      throw new Refused('key.ended', { key: key.name });
    const { secret, ...to } = ports.mint.make('cap');
    const change = { from: key.prefix, to, oldUntil: now + (input.grace ?? GRACE) };
    const rotated = await ports.keys.rotate(key.id, change);
    if (!rotated) throw new Refused('key.ended', { key: key.name });
    return { ...viewKey(rotated, now), key: secret };
  },
});
