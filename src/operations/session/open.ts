/** Opens a session for who was verified, and puts the sign-in into the audit under their own name. */
import type { z } from 'zod';
import { formatTime } from '../../contract/scalars.ts';
import type { SignedInView } from '../../contract/sign-in.ts';
import type { Minted } from '../../ports/key-store.ts';
import type { SessionRecord } from '../../ports/session-store.ts';
import type { Verified } from '../../ports/token-verifier.ts';
import type { Call } from '../define.ts';

export interface SignIn {
  readonly who: Verified;
  readonly method: 'oidc' | 'exchange';
  /** Milliseconds. */
  readonly lifetime: number;
  readonly prolongable: boolean;
}

export type SignedIn = z.output<typeof SignedInView>;

export function principalId(subject: string): string {
  return subject.replace(':', '/');
}

export async function openSession(call: Call<unknown>, signIn: SignIn): Promise<SignedIn> {
  const { ports, now } = call;
  const { who, method, lifetime, prolongable } = signIn;
  const minted = prolongable ? ports.mint.make('cas') : undefined;
  const session: SessionRecord = {
    id: ports.chance.uid(now),
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
    kind: method === 'oidc' ? ('user' as const) : ('service' as const),
    operation: `auth.${method}`,
    effect: 'sign-in' as const,
    target: session.id,
  };
  await ports.audit.within(entry, () => ports.sessions.put(session));
  return signedIn(call, session, minted);
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
