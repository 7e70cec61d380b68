/** Begins a sign-in of the console. What completes it is kept by the browser, out of the page's reach. */
import { BeginConsole, ConsoleBegunView } from '../../contract/sign-in.ts';
import { begin } from '../auth/transaction.ts';
import { defineOperation } from '../define.ts';

export const beginConsole = defineOperation({
  name: 'console.begin',
  summary: 'Begin a sign-in of the console',
  input: BeginConsole,
  output: ConsoleBegunView,
  permission: 'open',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'POST', path: '/api/v1/console/begin', cookies: { transaction: 'sign-in' } },
  handler: (call) => begin(call, 'console', call.input.redirectUri),
});
