/** Wires who may come in: secrets, tokens, issuers, and the one function that tells who is there. */
import { createTokenVerifier } from '../adapters/oidc/token-verifier.ts';
import type { Store } from '../adapters/postgres/open-store.ts';
import { createSealer } from '../adapters/tokens/sealer.ts';
import { createTokenService } from '../adapters/tokens/token-service.ts';
import type { Ports } from '../ports/index.ts';
import type { Settings } from './config/schema.ts';
import { Identities } from './identities.ts';
import { type Authenticate, createMint } from './identity.ts';
import { systemClock } from './system.ts';

export interface IdentityPlane {
  readonly authenticate: Authenticate;
  /** By the session that a browser keeps as a cookie. */
  readonly authenticateBrowser: Authenticate;
  readonly ports: Pick<Ports, 'mint' | 'tokens' | 'issuers' | 'sealer' | 'principals'>;
}

export interface IdentityPlaneOptions {
  readonly store: Store;
  /** For the HMAC of keys; whoever has it and the store can open every door. */
  readonly pepper: Uint8Array;
  readonly settings?: Pick<Settings, 'jwtSecret' | 'oidc' | 'workload'> | undefined;
  readonly until: AbortSignal;
}

/** @throws TypeError for an issuer that is not reached by TLS; RangeError for a short secret */
export function openIdentity({ store, pepper, settings = {}, until }: IdentityPlaneOptions): IdentityPlane {
  const { now } = systemClock;
  const mint = createMint(pepper);
  const tokens = createTokenService({
    store: store.signingKeys,
    pepper,
    secret: settings.jwtSecret,
    now,
    ticks: () => performance.now(),
  });
  const { issuers = [], audience = 'capstan' } = settings.workload ?? {};
  const verifier = createTokenVerifier(settings.oidc ?? {}, { issuers: new Map(issuers), audience });
  const identities = new Identities({ ...store, mint, tokens, now }, until);
  return {
    authenticate: (shown) => identities.authenticate(shown),
    authenticateBrowser: (shown) => identities.authenticateBrowser(shown),
    ports: {
      mint,
      tokens,
      issuers: verifier,
      sealer: createSealer(pepper),
      principals: { current: (owner) => identities.current(owner) },
    },
  };
}
