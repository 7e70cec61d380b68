/** Opens a session for who was verified, and puts the sign-in into the audit under their own name. */
import type { z } from 'zod';
import { formatTime } from '../../contract/scalars.ts';
import type { ConsoleSessionView, SignedInView } from '../../contract/sign-in.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Minted } from '../../ports/key-store.ts';
import type { SessionRecord } from '../../ports/session-store.ts';
import type { Verified } from '../../ports/token-verifier.ts';
import type { Call } from '../define.ts';

/** Groups are those of the sign-in, so a session is no longer than they may be out of date, milliseconds. */
export const PERSON_LIFETIME = 86_400_000;

/** Of a browser, which may stand open on a desk: a working day, milliseconds. */
const BROWSER_LIFETIME = 43_200_000;

/** How somebody signed in; the audit names the operation by it. */
type Method = 'oidc' | 'exchange' | 'code' | 'console';

const OPERATION: Readonly<Record<Method, string>> = {
  oidc: 'auth.oidc',
  exchange: 'auth.exchange',
  code: 'auth.complete',
  console: 'console.complete',
};

export interface SignIn {
  readonly who: Verified;
  /** Of a sign-in that can be completed once: chosen when it began. Absent: any. */
  readonly id?: string | undefined;
  readonly method: Method;
  /** Milliseconds. */
  readonly lifetime: number;
  readonly prolongable: boolean;
}

export type SignedIn = z.output<typeof SignedInView>;

export function principalId(subject: string): string {
  return subject.replace(':', '/');
}

export async function openSession(call: Call<unknown>, signIn: SignIn): Promise<SignedIn> {
  const minted = signIn.prolongable ? call.ports.mint.make('cas') : undefined;
  return signedIn(call, await put(call, signIn, minted), minted);
}

/** The secret is for the cookie. It is no refresh secret: nothing is given for it but answers. */
export async function openBrowserSession(
  call: Call<unknown>,
  completed: Pick<SignIn, 'who' | 'id'>,
): Promise<z.output<typeof ConsoleSessionView>> {
  const minted = call.ports.mint.make('cab');
  const signIn = { ...completed, method: 'console', lifetime: BROWSER_LIFETIME } as const;
  const { id, subject, expiresAt } = await put(call, signIn, minted);
  const sessionEndsAt = formatTime(expiresAt);
  return { id: principalId(subject), session: id, sessionEndsAt, secret: minted.secret };
}

/** Throws Refused `auth.sign_in` for a sign-in that was completed before. */
async function put(
  { ports, now, origin }: Call<unknown>,
  { who, id, method, lifetime }: Omit<SignIn, 'prolongable'>,
  minted: Minted | undefined,
): Promise<SessionRecord> {
  const session: SessionRecord = {
    id: id ?? ports.chance.uid(now),
    subject: who.subject,
    groups: who.groups,
    method,
    createdAt: now,
    expiresAt: now + lifetime,
    usedAt: now,
    refresh: minted && { prefix: minted.prefix, hmac: minted.hmac },
  };
  const entry = {
    at: now,
    principal: principalId(who.subject),
    kind: method === 'exchange' ? ('service' as const) : ('user' as const),
    operation: OPERATION[method],
    effect: 'sign-in' as const,
    target: session.id,
    request: origin?.requestId,
    address: origin?.address,
  };
  const isFirst = await ports.audit.within(entry, () => ports.sessions.put(session));
  if (!isFirst) throw new Refused('auth.sign_in');
  return session;
}

/** @param minted the refresh secret that was just made, if one was */
export async function signedIn(
  { ports }: Call<unknown>,
  session: SessionRecord,
  minted: Minted | undefined,
): Promise<SignedIn> {
  const id = principalId(session.subject);
  const of = { subject: id, credential: session.id, via: 'session' as const };
  const { token, endsAt } = await ports.tokens.issue(of, session.expiresAt);
  return {
    token,
    tokenType: 'Bearer',
    endsAt: formatTime(endsAt),
    id,
    session: session.id,
    sessionEndsAt: formatTime(session.expiresAt),
    refresh: minted?.secret,
  };
}
