/**
 * One sign-in by authorization code, between its beginning and its end. What the server must know again
 * (state, nonce, the verifier of PKCE) is sealed and kept by who began: so any replica completes it, nothing
 * is stored for who never comes back, and nobody else can complete it. It is completed once: the session that
 * it opens has its id from the beginning, and a store takes an id once.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { formatTime } from '../../contract/scalars.ts';
import { mayRedirect, type RedirectOf } from '../../core/access/redirect.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Verified } from '../../ports/token-verifier.ts';
import type { Call } from '../define.ts';

/** How long a person may take at the issuer, milliseconds. */
const LASTS = 600_000;

const Transaction = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  redirectUri: z.string(),
  /** Id of the session that it opens. */
  session: z.uuid(),
  /** Epoch milliseconds. */
  until: z.number(),
});

export interface Begun {
  readonly url: string;
  readonly transaction: string;
  readonly endsAt: string;
}

/** Throws Refused `auth.no_issuer`, `auth.issuer_unavailable`, `auth.redirect`. */
export async function begin(
  { ports, now }: Call<unknown>,
  of: RedirectOf,
  redirectUri: string,
): Promise<Begun> {
  const { issuers, sealer } = ports;
  if (!issuers.people) throw new Refused('auth.no_issuer');
  if (!mayRedirect(of, redirectUri, issuers.redirectUris)) throw new Refused('auth.redirect');
  const [state, nonce, verifier] = [secret(), secret(), secret()];
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const url = await issuers.authorizationUrl({ redirectUri, state, nonce, challenge });
  const until = now + LASTS;
  const begun: z.output<typeof Transaction> = {
    state,
    nonce,
    verifier,
    redirectUri,
    session: ports.chance.uid(now),
    until,
  };
  const transaction = sealer.seal(purpose(of), JSON.stringify(begun));
  return { url, transaction, endsAt: formatTime(until) };
}

export interface Returned {
  readonly code: string;
  readonly state: string;
  readonly iss?: string | undefined;
  readonly transaction: string;
}

/** Who came back, and the id of the session that is theirs to open. */
export interface Completed {
  readonly who: Verified;
  readonly id: string;
}

/** Throws Refused `auth.sign_in` for whatever does not belong together, `auth.issuer_unavailable`. */
export async function complete(
  { ports, now }: Call<unknown>,
  of: RedirectOf,
  returned: Returned,
): Promise<Completed> {
  const { issuers, sealer } = ports;
  const begun = opened(sealer.unseal(purpose(of), returned.transaction));
  if (!begun || begun.until <= now || !equal(begun.state, returned.state)) throw new Refused('auth.sign_in');
  // Another issuer's answer, mixed up with ours (RFC 9207).
  if (returned.iss !== undefined && returned.iss !== issuers.people?.issuer)
    throw new Refused('auth.sign_in');
  const { verifier, redirectUri, nonce, session } = begun;
  const idToken = await issuers.redeem({ code: returned.code, verifier, redirectUri });
  const who = idToken === undefined ? undefined : await issuers.person(idToken, nonce);
  if (!who) throw new Refused('auth.sign_in');
  return { who, id: session };
}

/** A transaction of the command line is worth nothing to the console, and the other way round. */
function purpose(of: RedirectOf): string {
  return `sign-in of ${of}`;
}

/** 256 bits. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}

function opened(plain: string | undefined): z.output<typeof Transaction> | undefined {
  return plain === undefined ? undefined : Transaction.parse(JSON.parse(plain));
}

function equal(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
