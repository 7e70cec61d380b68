/** Begins a sign-in in a browser for a program on the person's own machine, such as `capstan login --browser`. */
import { BeginSignIn, BegunView } from '../../contract/sign-in.ts';
import { defineOperation } from '../define.ts';
import { begin } from './transaction.ts';

export const beginSignIn = defineOperation({
  name: 'auth.begin',
  summary: 'Begin a sign-in in a browser, for a program on your machine',
  input: BeginSignIn,
  output: BegunView,
  permission: 'open',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'POST', path: '/api/v1/auth/begin' },
  handler: (call) => begin(call, 'native', call.input.redirectUri),
});
