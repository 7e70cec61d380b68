/**
 * Gets a session's next access token. Each refresh secret works once, and for a moment longer, because
 * an answer can be lost. When the one before comes again after that, it was copied: the session ends.
 */
import { RefreshSession, SignedInView } from '../../contract/sign-in.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { SessionRecord } from '../../ports/session-store.ts';
import { type Call, defineOperation } from '../define.ts';
import { principalId, signedIn } from '../session/open.ts';

/** How long the secret before is taken, milliseconds. */
const GRACE = 30_000;

export const refreshSession = defineOperation({
  name: 'auth.refresh',
  summary: 'Get the next access token of a session',
  input: RefreshSession,
  output: SignedInView,
  permission: 'open',
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/auth/refresh' },
  async handler(call) {
    const { input, ports, now } = call;
    const prefix = ports.mint.prefixOf('cas', input.refresh);
    const session = prefix === undefined ? undefined : await ports.sessions.findByPrefix(prefix);
    if (!session || prefix === undefined || !isLive(session, now)) throw new Refused('auth.invalid');
    await checkSecret(call, session, { prefix, secret: input.refresh });
    const minted = ports.mint.make('cas');
    const from = session.refresh?.prefix ?? '';
    const change = { from, to: minted, oldUntil: now + GRACE, now };
    const next = await audited(call, session, () => ports.sessions.refresh(session.id, change));
    if (!next) throw new Refused('auth.invalid');
    return signedIn(call, next, minted);
  },
});

function isLive({ endedAt, expiresAt }: SessionRecord, now: number): boolean {
  return endedAt === undefined && expiresAt > now;
}

async function checkSecret(
  call: Call<unknown>,
  session: SessionRecord,
  shown: { readonly prefix: string; readonly secret: string },
): Promise<void> {
  const { ports, now } = call;
  const { refresh, previous } = session;
  const old = previous?.prefix === shown.prefix ? previous : undefined;
  const kept = old ?? refresh;
  if (!kept || !ports.mint.matches(shown.secret, kept.hmac)) throw new Refused('auth.invalid');
  if (!old || old.until > now) return;
  await audited(call, session, () => ports.sessions.end(session.id, now));
  throw new Refused('auth.invalid');
}

/** Under the name of who the session is of. */
function audited<T>(
  { ports, now, origin }: Call<unknown>,
  session: SessionRecord,
  work: () => Promise<T>,
): Promise<T> {
  const principal = principalId(session.subject);
  const entry = { at: now, principal, kind: 'user', operation: 'auth.refresh', effect: 'change' } as const;
  const { requestId: request, address } = origin ?? {};
  return ports.audit.within({ ...entry, target: session.id, request, address }, work);
}
