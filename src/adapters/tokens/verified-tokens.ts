/**
 * Tokens whose signature was checked: checking is a third of the cost of a small request. Never past
 * their end; whether the credential behind them still holds is asked elsewhere, each time.
 */
import { createHash } from 'node:crypto';
import type { TokenClaims } from '../../ports/token-service.ts';

const LIMIT = 10_000;

export class VerifiedTokens {
  readonly #now: () => number;
  readonly #known = new Map<string, TokenClaims>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get(token: string): TokenClaims | undefined {
    const print = fingerprint(token);
    const claims = this.#known.get(print);
    if (claims && claims.endsAt > this.#now()) return claims;
    this.#known.delete(print);
    return undefined;
  }

  put(token: string, claims: TokenClaims): void {
    if (this.#known.size >= LIMIT) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(fingerprint(token), claims);
  }
}

/** So that the memory holds no token. */
function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
