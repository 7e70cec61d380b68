/**
 * Completes a sign-in of the console. The browser gets neither access token nor refresh secret: a session
 * that only this server knows, as a cookie that no script can read, and that ends here.
 */
import { CompleteConsole, ConsoleSessionView } from '../../contract/sign-in.ts';
import { complete } from '../auth/transaction.ts';
import { defineOperation } from '../define.ts';
import { openBrowserSession } from '../session/open.ts';

export const completeConsole = defineOperation({
  name: 'console.complete',
  summary: 'Complete a sign-in of the console with the code that came back',
  input: CompleteConsole,
  output: ConsoleSessionView,
  permission: 'open',
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  http: {
    method: 'POST',
    path: '/api/v1/console/complete',
    cookies: { transaction: 'sign-in', secret: 'session' },
  },
  handler: async (call) => openBrowserSession(call, await complete(call, 'console', call.input)),
});
