/** The `TokenVerifier` port over OpenID Connect: any standard issuer, by its own description. */
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { Refused } from '../../core/errors/refused.ts';
import type { PeopleIssuer, TokenVerifier, Verified } from '../../ports/token-verifier.ts';
import { authorizationUrl, redeem } from './code-flow.ts';
import { IssuerKeys, IssuerUnavailable } from './discovery.ts';

export interface OidcOptions {
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  /** What the ID token must be for; default: the client. */
  readonly audience?: string | undefined;
  /** Default `groups`. */
  readonly groupsClaim?: string | undefined;
  /** Of a confidential client. */
  readonly clientSecret?: string | undefined;
  /** Of the console. */
  readonly redirectUris?: readonly string[] | undefined;
}

export interface WorkloadOptions {
  /** Name → issuer: `github` → `https://token.actions.githubusercontent.com`. */
  readonly issuers: ReadonlyMap<string, string>;
  readonly audience: string;
}

/** Nothing symmetric: what verifies must not be able to sign. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Between our clock and the issuer's, seconds. */
const TOLERANCE = 30;
/** A token is exchanged soon after it was made: an old one was kept by somebody. */
const OLDEST = { person: '15m', workload: '1h' } as const;
const MOST_GROUPS = 500;

/** @throws TypeError for an issuer that is not reached by TLS */
export function createTokenVerifier(oidc: OidcOptions, workload: WorkloadOptions): TokenVerifier {
  const people = peopleOf(oidc);
  const keys = people && new IssuerKeys(people.issuer);
  const systems = [...workload.issuers].map(([name, issuer]) => ({ name, keys: new IssuerKeys(issuer) }));
  const issuerOfPeople = () => {
    if (!keys || !people) throw new Refused('auth.no_issuer');
    return { keys, people, client: { ...people, secret: oidc.clientSecret } };
  };
  return {
    people,
    redirectUris: oidc.redirectUris ?? [],
    async authorizationUrl(request) {
      const { keys, client } = issuerOfPeople();
      return authorizationUrl(keys, client, request);
    },
    async redeem(grant) {
      const { keys, client } = issuerOfPeople();
      return redeem(keys, client, grant);
    },
    async person(idToken, nonce) {
      const { keys, people } = issuerOfPeople();
      const audience = oidc.audience ?? people.clientId;
      const payload = await verified(idToken, keys, { audience, maxAge: OLDEST.person });
      if (!payload || !isFor(payload, people.clientId)) return undefined;
      if (nonce !== undefined && payload.nonce !== nonce) return undefined;
      return personOf(payload, oidc.groupsClaim ?? 'groups');
    },
    async workload(token) {
      if (systems.length === 0) throw new Refused('auth.no_issuer');
      const claimed = issuerOf(token);
      const system = systems.find((one) => one.keys.issuer === claimed);
      if (!system) return undefined;
      const { audience } = workload;
      const payload = await verified(token, system.keys, { audience, maxAge: OLDEST.workload });
      return payload && { subject: `service:${system.name}:${payload.sub}`, groups: [] };
    },
  };
}

function peopleOf({ issuer, clientId }: OidcOptions): PeopleIssuer | undefined {
  if (issuer === undefined || clientId === undefined) return undefined;
  return { issuer, clientId, scope: 'openid profile email groups' };
}

/** Undefined when it is not valid. Throws Refused `auth.issuer_unavailable`. */
async function verified(
  token: string,
  issuer: IssuerKeys,
  { audience, maxAge }: { readonly audience: string; readonly maxAge: string },
): Promise<(JWTPayload & { readonly sub: string }) | undefined> {
  try {
    const { payload } = await jwtVerify(token, await issuer.keys(), {
      algorithms: ALGORITHMS,
      issuer: issuer.issuer,
      audience,
      maxTokenAge: maxAge,
      clockTolerance: TOLERANCE,
      requiredClaims: ['exp', 'iat', 'sub'],
    });
    return typeof payload.sub === 'string' && isSubject(payload.sub)
      ? { ...payload, sub: payload.sub }
      : undefined;
  } catch (error) {
    if (error instanceof IssuerUnavailable || isOutage(error))
      throw new Refused('auth.issuer_unavailable', {}, { cause: error });
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

/** The keys could not be fetched: that says nothing about the token. */
function isOutage(error: unknown): boolean {
  return (
    error instanceof errors.JWKSTimeout || (error instanceof TypeError && error.message === 'fetch failed')
  );
}

/** With several audiences the token says for whom it was made. */
function isFor({ aud, azp }: JWTPayload, clientId: string): boolean {
  if (azp !== undefined) return azp === clientId;
  return !Array.isArray(aud) || aud.length === 1;
}

/** A verified address names a person as others know them; without one it is the issuer's own name. */
function personOf(payload: JWTPayload & { readonly sub: string }, groupsClaim: string): Verified {
  const { email, email_verified: sure } = payload;
  const named =
    typeof email === 'string' && sure === true && isSubject(email) ? email.toLowerCase() : payload.sub;
  const groups = payload[groupsClaim];
  const listed = Array.isArray(groups)
    ? groups.filter((group) => typeof group === 'string' && isSubject(group))
    : [];
  return { subject: `user:${named}`, groups: [...new Set(listed)].sort().slice(0, MOST_GROUPS) };
}

/** As a binding may name it. */
function isSubject(text: string): boolean {
  return /^[\x21-\x7e]{1,240}$/.test(text);
}

function issuerOf(token: string): string | undefined {
  try {
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return typeof payload?.iss === 'string' ? payload.iss : undefined;
  } catch {
    return undefined;
  }
}
