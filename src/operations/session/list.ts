/** Lists one's own sign-ins, or everybody's. */
import { formatTime } from '../../contract/scalars.ts';
import { ListSessions, SessionList, type SessionView } from '../../contract/sign-in.ts';
import { may, type Principal } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { SessionRecord } from '../../ports/session-store.ts';
import { defineOperation } from '../define.ts';

const EVERYBODY = { name: 'session.list', permission: 'session:read' } as const;

export const listSessions = defineOperation({
  name: 'session.list',
  summary: 'List sign-ins: your own, or everybody’s',
  input: ListSessions,
  output: SessionList,
  permission: 'self:read',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/sessions' },
  async handler({ input, principal, ports, now }) {
    if (input.all && !may(principal, EVERYBODY, {})) {
      throw new Refused('auth.forbidden', {
        principal: principal.id,
        operation: 'session.list',
        permission: 'session:read',
      });
    }
    const subject = input.all ? undefined : subjectOf(principal);
    const page = await ports.sessions.list({ subject, now }, input);
    return { items: page.items.map((session) => viewSession(session, principal)), next: page.next };
  },
});

/** `user/ada` is `user:ada` as a subject. */
export function subjectOf({ id }: Principal): string {
  return id.replace('/', ':');
}

function viewSession(session: SessionRecord, { credential }: Principal): SessionView {
  return {
    id: session.id,
    subject: session.subject,
    groups: [...session.groups],
    method: session.method,
    createdAt: formatTime(session.createdAt),
    usedAt: formatTime(session.usedAt),
    expiresAt: formatTime(session.expiresAt),
    current: session.id === credential,
  };
}
