/** Access tokens: short-lived, signed here, worth no more than the credential that they stand for. */
export interface TokenOf {
  /** Id of the principal, as in `Principal.id`. */
  readonly subject: string;
  /** Id of the key or session behind it: ended, the token is refused. */
  readonly credential: string;
  readonly via: 'key' | 'session';
}

export interface TokenClaims extends TokenOf {
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

export interface IssuedToken {
  readonly token: string;
  readonly endsAt: number;
}

export interface TokenService {
  /** HS256 under a secret of the configuration, and no key of its own. */
  readonly signsBySecret: boolean;
  /** @param until never longer than this: the end of the credential */
  issue(of: TokenOf, until: number | undefined): Promise<IssuedToken>;
  /** Undefined for whatever is not a valid token of ours, without saying why. */
  verify(token: string): Promise<TokenClaims | undefined>;
  /** Begins to sign with a new key; tokens of the old one stay valid until they end. Its key id. */
  rotate(): Promise<string>;
}
