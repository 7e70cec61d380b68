/** Begins to sign access tokens with a new key; those of the old one stay valid until they end. */
import { RotatedView } from '../../contract/sign-in.ts';
import { Nothing } from '../../contract/system.ts';
import { defineOperation } from '../define.ts';

export const rotateSigningKey = defineOperation({
  name: 'auth.rotate-signing-key',
  summary: 'Sign access tokens with a new key',
  input: Nothing,
  output: RotatedView,
  permission: 'system:write',
  target: () => ({}),
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/auth/signing-key/rotate' },
  async handler({ ports }) {
    return { kid: await ports.tokens.rotate() };
  },
});
