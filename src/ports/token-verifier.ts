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

/**
 * Both methods resolve to undefined for what is not valid, without saying why, and throw Refused
 * `auth.no_issuer` (none is trusted for that) or `auth.issuer_unavailable`.
 */
export interface TokenVerifier {
  readonly people: PeopleIssuer | undefined;
  person(idToken: string): Promise<Verified | undefined>;
  workload(token: string): Promise<Verified | undefined>;
}
