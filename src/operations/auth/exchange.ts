/** Signs a CI job in with the token that its own system signed for it: ten minutes, and no more. */
import { ExchangeWorkloadToken, SignedInView } from '../../contract/sign-in.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { openSession } from '../session/open.ts';

/** Milliseconds. */
const LIFETIME = 600_000;

export const signInByExchange = defineOperation({
  name: 'auth.exchange',
  summary: 'Exchange a CI system’s token for an access token',
  input: ExchangeWorkloadToken,
  output: SignedInView,
  permission: 'open',
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/auth/exchange' },
  async handler(call) {
    const who = await call.ports.issuers.workload(call.input.token);
    if (!who) throw new Refused('auth.invalid');
    return openSession(call, { who, method: 'exchange', lifetime: LIFETIME, prolongable: false });
  },
});
