/** What others signed: the issuer that people sign in with, and those of CI systems. */
export interface Verified {
  /** `user:ada@example.org`, `service:github:repo:…` */
  readonly subject: string;
  readonly groups: readonly string[];
}

export interface PeopleIssuer {
  readonly issuer: string;
  readonly clientId: string;
  /** What to ask it for. */
  readonly scope: string;
}

/** What the issuer is asked for in the authorization code flow (RFC 6749, 4.1, with RFC 7636). */
export interface CodeRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** S256 of the verifier. */
  readonly challenge: string;
}

export interface CodeGrant {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/**
 * Methods resolve to undefined for what is not valid, without saying why, and throw Refused
 * `auth.no_issuer` (none is trusted for that) or `auth.issuer_unavailable`.
 */
export interface TokenVerifier {
  readonly people: PeopleIssuer | undefined;
  /** Where the issuer may send browsers back to for the console: these exactly. */
  readonly redirectUris: readonly string[];
  /** @param nonce what the token must say that it was asked with; absent: it is not looked at */
  person(idToken: string, nonce?: string): Promise<Verified | undefined>;
  workload(token: string): Promise<Verified | undefined>;
  /** The page of the issuer to open in a browser. */
  authorizationUrl(request: CodeRequest): Promise<string>;
  /** The ID token that the issuer gives for a code, once. */
  redeem(grant: CodeGrant): Promise<string | undefined>;
}
