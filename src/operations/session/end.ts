/** Ends a sign-in: one's own, or another's; its tokens and what is open under it end within two seconds. */
import { Ended, SessionRef } from '../../contract/sign-in.ts';
import { may } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation } from '../define.ts';
import { subjectOf } from './list.ts';

const OTHERS = { name: 'session.end', permission: 'session:write' } as const;

export const endSession = defineOperation({
  name: 'session.end',
  summary: 'End a sign-in, its tokens and what is open under it',
  input: SessionRef,
  output: Ended,
  permission: 'self:read',
  target: () => 'any',
  effect: 'destructive',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/sessions/{session}/end' },
  async handler({ input, principal, ports, now }) {
    const found = await ports.sessions.get(input.session);
    const reachable = found && (found.subject === subjectOf(principal) || may(principal, OTHERS, {}));
    if (!reachable) throw new Refused('session.not_found', { session: input.session });
    return { ended: await ports.sessions.end(found.id, now) };
  },
});
