/** Exchanges the key that was shown for an access token of ten minutes: what leaks with it ends soon. */

import { formatTime } from '../../contract/scalars.ts';
import { TokenView } from '../../contract/sign-in.ts';
import { Nothing } from '../../contract/system.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';

export const issueToken = defineOperation({
  name: 'auth.token',
  summary: 'Exchange a key for a short-lived access token',
  input: Nothing,
  output: TokenView,
  permission: 'self:read',
  target: () => 'any',
  effect: 'write',
  audit: 'read',
  http: { method: 'POST', path: '/api/v1/auth/token' },
  async handler({ principal, ports }) {
    const { id, kind, credential, tokenEndsAt } = principal;
    // Or a token that leaked once would be good for ever.
    if (tokenEndsAt !== undefined || credential === undefined || kind !== 'key') {
      throw new Refused('auth.from_token');
    }
    const key = await ports.keys.get(credential);
    const { token, endsAt } = await ports.tokens.issue(
      { subject: id, credential, via: 'key' },
      key?.expiresAt,
    );
    return { token, tokenType: 'Bearer' as const, endsAt: formatTime(endsAt) };
  },
});
