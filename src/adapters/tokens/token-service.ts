/**
 * Access tokens: JSON Web Tokens signed by keys of our own. What verifies a token is chosen by its key
 * id alone, and with the key the one algorithm that goes with it: never by what the token says.
 */
import { createHmac, createSecretKey, randomUUID } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { SigningKeyStore } from '../../ports/token-keys.ts';
import type { IssuedToken, TokenClaims, TokenOf, TokenService } from '../../ports/token-service.ts';
import { KeyRing, type RingKey } from './key-ring.ts';
import { sealingKey } from './sealed-keys.ts';
import { VerifiedTokens } from './verified-tokens.ts';

export interface TokenServiceOptions {
  readonly store: SigningKeyStore;
  /** Not in the store: signing keys are sealed under it. */
  readonly pepper: Uint8Array;
  /** Signs with HS256 instead of keys of our own; the configuration has refused what is short. */
  readonly secret?: string | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds that only grow. */
  readonly ticks: () => number;
}

export const ISSUER = 'capstan';
export const AUDIENCE = 'capstan-api';
/** Milliseconds. */
export const TOKEN_LIFE = 600_000;

const TYPE = 'at+jwt';
/** Between the clocks of replicas, seconds. A token's end is not stretched by it. */
const TOLERANCE = 5;
const LONGEST = 4096;
/** RFC 7518, 3.2: a shorter one can be guessed from one token. */
const SECRET_BYTES = 32;

/** @throws RangeError for a secret of less than 256 bits */
export function createTokenService(options: TokenServiceOptions): TokenService {
  const { now, secret } = options;
  const sealing = sealingKey(options.pepper);
  const ring = new KeyRing({ ...options, sealing, tokenMs: TOKEN_LIFE + TOLERANCE * 1000 });
  const shared = secret === undefined ? undefined : sharedKey(secret);
  const verified = new VerifiedTokens(now);
  return {
    signsBySecret: shared !== undefined,
    issue: async (of, until) => sign(shared ?? (await ring.signer()), of, lifeOf(now(), until)),
    rotate: () => ring.rotate(),
    async verify(token) {
      const known = verified.get(token);
      if (known) return known;
      const claims = await check(token, now(), async (kid) =>
        shared?.kid === kid ? shared : ring.find(kid),
      );
      if (claims) verified.put(token, claims);
      return claims;
    },
  };
}

function sharedKey(secret: string): RingKey {
  if (Buffer.byteLength(secret) < SECRET_BYTES)
    throw new RangeError('the token secret has less than 256 bits');
  const key = createSecretKey(Buffer.from(secret));
  const kid = `hs-${createHmac('sha256', secret).update('key id').digest('hex').slice(0, 16)}`;
  return { kid, alg: 'HS256', verifies: key, signs: key };
}

interface Life {
  readonly from: number;
  readonly to: number;
}

function lifeOf(now: number, until: number | undefined): Life {
  return { from: now, to: Math.min(now + TOKEN_LIFE, until ?? Number.POSITIVE_INFINITY) };
}

async function sign(key: RingKey, of: TokenOf, { from, to }: Life): Promise<IssuedToken> {
  if (!key.signs) throw new Error(`key ${key.kid} can not sign`);
  // Whole seconds, rounded so that it never lives longer than it may.
  const [start, end] = [Math.floor(from / 1000), Math.floor(to / 1000)];
  const token = await new SignJWT({ cred: of.credential, via: of.via })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(of.subject)
    .setIssuedAt(start)
    .setNotBefore(start)
    .setExpirationTime(end)
    .setJti(randomUUID())
    .sign(key.signs);
  return { token, endsAt: end * 1000 };
}

async function check(
  token: string,
  now: number,
  find: (kid: string) => Promise<RingKey | undefined>,
): Promise<TokenClaims | undefined> {
  const header = headerOf(token);
  const key = header?.kid === undefined ? undefined : await find(header.kid);
  if (!key || header?.alg !== key.alg) return undefined;
  try {
    const { payload } = await jwtVerify(token, key.verifies, {
      algorithms: [key.alg],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ['exp', 'nbf', 'iat', 'sub', 'jti'],
      clockTolerance: TOLERANCE,
      currentDate: new Date(now),
    });
    return claimsOf(payload, now);
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function headerOf(token: string): { alg?: string; kid?: string } | undefined {
  if (token.length > LONGEST || token.split('.').length !== 3) return undefined;
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return typeof kid === 'string' && typeof alg === 'string' ? { alg, kid } : undefined;
  } catch {
    return undefined;
  }
}

function claimsOf(payload: Readonly<Record<string, unknown>>, now: number): TokenClaims | undefined {
  const { sub, cred, via, exp } = payload;
  if (typeof sub !== 'string' || typeof cred !== 'string' || typeof exp !== 'number') return undefined;
  if (via !== 'key' && via !== 'session') return undefined;
  const endsAt = exp * 1000;
  return endsAt > now ? { subject: sub, credential: cred, via, endsAt } : undefined;
}
