/** Completes a sign-in in a browser: a session such as the device flow opens, for who holds the transaction. */
import { CompleteSignIn, SignedInView } from '../../contract/sign-in.ts';
import { defineOperation } from '../define.ts';
import { openSession, PERSON_LIFETIME } from '../session/open.ts';
import { complete } from './transaction.ts';

export const completeSignIn = defineOperation({
  name: 'auth.complete',
  summary: 'Complete a sign-in in a browser with the code that came back',
  input: CompleteSignIn,
  output: SignedInView,
  permission: 'open',
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/auth/complete' },
  async handler(call) {
    const completed = await complete(call, 'native', call.input);
    return openSession(call, {
      ...completed,
      method: 'code',
      lifetime: PERSON_LIFETIME,
      prolongable: true,
    });
  },
});
