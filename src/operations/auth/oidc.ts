/** Signs a person in with the ID token that the issuer gave them: a session of a day, prolonged by its refresh secret. */
import { ExchangeIdToken, SignedInView } from '../../contract/sign-in.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { openSession, PERSON_LIFETIME } from '../session/open.ts';

export const signInByOidc = defineOperation({
  name: 'auth.oidc',
  summary: 'Sign in with an ID token of the issuer',
  input: ExchangeIdToken,
  output: SignedInView,
  permission: 'open',
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/auth/oidc' },
  async handler(call) {
    const who = await call.ports.issuers.person(call.input.idToken);
    if (!who) throw new Refused('auth.invalid');
    return openSession(call, { who, method: 'oidc', lifetime: PERSON_LIFETIME, prolongable: true });
  },
});
