/** Wires who may come in: secrets, tokens, issuers, and the one function that tells who is there. */
import type { Store } from '../adapters/postgres/open-store.ts';
import type { Ports } from '../ports/index.ts';
import type { TokenService } from '../ports/token-service.ts';
import { Identities } from './identities.ts';
import { type Authenticate, createMint } from './identity.ts';
import { systemClock } from './system.ts';

export interface IdentityPlane {
  readonly authenticate: Authenticate;
  readonly ports: Pick<Ports, 'mint'>;
}

export interface IdentityPlaneOptions {
  readonly store: Store;
  /** For the HMAC of keys; whoever has it and the store can open every door. */
  readonly pepper: Uint8Array;
  readonly until: AbortSignal;
}

export function openIdentity({ store, pepper, until }: IdentityPlaneOptions): IdentityPlane {
  const mint = createMint(pepper);
  const tokens: Pick<TokenService, 'verify'> = { verify: async () => undefined };
  const identities = new Identities({ ...store, mint, tokens, now: systemClock.now }, until);
  return { authenticate: (shown) => identities.authenticate(shown), ports: { mint } };
}
