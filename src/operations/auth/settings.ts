/** What a client needs to know before it can sign in: nothing of it is secret. */
import { SignInSettings } from '../../contract/sign-in.ts';
import { Nothing } from '../../contract/system.ts';
import { defineOperation } from '../define.ts';

export const signInSettings = defineOperation({
  name: 'auth.settings',
  summary: 'Where people sign in',
  input: Nothing,
  output: SignInSettings,
  permission: 'open',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/auth/settings' },
  async handler({ ports }) {
    const { people } = ports.issuers;
    return people ? { oidc: { ...people } } : {};
  },
});
