/**
 * Who a shown credential stands for, with the roles that hold now. Looked up anew at least every
 * second, and at once when a replica says that something changed: so a revocation is noticed within
 * two seconds everywhere, also by what is open.
 */
import { grantOf, SELF } from '../core/access/grants.ts';
import type { Owner } from '../core/access/owner.ts';
import type { Principal } from '../core/access/principal.ts';
import type { KeyRecord, KeyStore, Mint } from '../ports/key-store.ts';
import type { BindingStore, RoleStore } from '../ports/role-store.ts';
import type { SessionRecord, SessionStore } from '../ports/session-store.ts';
import type { Signals } from '../ports/signals.ts';
import type { TokenClaims, TokenService } from '../ports/token-service.ts';
import { Fresh } from './fresh.ts';
import { isLive, keyPrincipal, opens } from './identity.ts';

export interface IdentityParts {
  readonly keys: KeyStore;
  readonly roles: RoleStore;
  readonly bindings: BindingStore;
  readonly sessions: SessionStore;
  readonly signals: Signals;
  readonly mint: Mint;
  readonly tokens: Pick<TokenService, 'verify'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The oldest look-up that is trusted, milliseconds. */
const MAX_AGE = 1000;

/** Credentials in use at a time; more are looked up more often. */
const LIMIT = 10_000;

export class Identities {
  readonly #parts: IdentityParts;
  readonly #keys: Fresh<KeyRecord | undefined>;
  readonly #keysById: Fresh<KeyRecord | undefined>;
  readonly #sessions: Fresh<Principal | undefined>;
  readonly #browsers: Fresh<SessionRecord | undefined>;
  readonly #custom: Fresh<ReadonlyMap<string, readonly string[]>>;

  constructor(parts: IdentityParts, until: AbortSignal) {
    this.#parts = { ...parts, mint: remembering(parts.mint) };
    this.#keys = fresh((prefix) => parts.keys.findByPrefix(prefix));
    this.#keysById = fresh((id) => parts.keys.get(id));
    this.#sessions = fresh((id) => this.#sessionPrincipal(id));
    this.#browsers = fresh((prefix) => parts.sessions.findByPrefix(prefix));
    this.#custom = fresh(async () => {
      const roles = await parts.roles.list();
      return new Map(roles.map(({ name, operations }) => [name, operations]));
    });
    parts.signals.subscribe('identity', () => this.#forget(), until);
  }

  /** Undefined for whatever does not open the door: callers can't tell why. */
  async authenticate(shown: string): Promise<Principal | undefined> {
    const { mint, tokens } = this.#parts;
    const prefix = mint.prefixOf('cap', shown);
    if (prefix !== undefined) return this.#byKey(shown, prefix);
    const claims = await tokens.verify(shown);
    return claims && this.#byToken(claims);
  }

  /** By the secret of a browser's session, which is no bearer token: it is taken from a cookie alone. */
  async authenticateBrowser(shown: string): Promise<Principal | undefined> {
    const { mint } = this.#parts;
    const prefix = mint.prefixOf('cab', shown);
    const session = prefix === undefined ? undefined : await this.#browsers.get(prefix);
    if (!session?.refresh || !mint.matches(shown, session.refresh.hmac)) return undefined;
    return this.#sessions.get(session.id);
  }

  /** Who somebody is now that is not here. A key has to live; of a person the sign-in need not. */
  async current({ id, kind, key, groups = [] }: Owner): Promise<Principal | undefined> {
    if (kind === 'key') return key === undefined ? undefined : this.#keyPrincipal(key);
    return this.#personPrincipal(id.replace('/', ':'), groups);
  }

  async #byKey(secret: string, prefix: string): Promise<Principal | undefined> {
    const record = await this.#keys.get(prefix);
    const { mint, now } = this.#parts;
    if (!record || !opens(record, { secret, prefix, now: now() }, mint)) return undefined;
    return keyPrincipal(record, await this.#customFor(record.roles));
  }

  async #byToken(claims: TokenClaims): Promise<Principal | undefined> {
    const principal = await (claims.via === 'key'
      ? this.#keyPrincipal(claims.credential)
      : this.#sessions.get(claims.credential));
    return principal && { ...principal, tokenEndsAt: claims.endsAt };
  }

  async #keyPrincipal(id: string): Promise<Principal | undefined> {
    const record = await this.#keysById.get(id);
    if (record?.id !== id || !isLive(record, this.#parts.now())) return undefined;
    return keyPrincipal(record, await this.#customFor(record.roles));
  }

  async #sessionPrincipal(id: string): Promise<Principal | undefined> {
    const session = await this.#parts.sessions.get(id);
    if (!session || session.endedAt !== undefined || session.expiresAt <= this.#parts.now()) return undefined;
    const { subject, groups } = session;
    return { ...(await this.#personPrincipal(subject, groups)), credential: session.id };
  }

  async #personPrincipal(subject: string, groups: readonly string[]): Promise<Principal> {
    const bindings = await this.#parts.bindings.of([subject, ...groups.map((group) => `group:${group}`)]);
    const custom = await this.#customFor(bindings.map(({ role }) => role));
    return {
      id: subject.replace(':', '/'),
      kind: subject.startsWith('service:') ? 'service' : 'user',
      grants: [SELF, ...bindings.map(({ role, scope }) => grantOf(role, scope, custom))],
      groups,
    };
  }

  async #customFor(roles: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return roles.length === 0 ? new Map() : this.#custom.get('');
  }

  #forget(): void {
    const all = [this.#keys, this.#keysById, this.#sessions, this.#browsers, this.#custom];
    for (const kept of all) kept.clear();
  }
}

function fresh<V>(load: (key: string) => Promise<V>): Fresh<V> {
  return new Fresh({ load, maxAge: MAX_AGE, limit: LIMIT, ticks: () => performance.now() });
}

/**
 * A secret that was compared with an HMAC is not hashed again for the same one: a record is read anew every
 * second, and with it the memory ends. What is kept is what callers send all the time, and only in memory.
 */
function remembering(mint: Mint): Mint {
  const matched = new Map<string, Uint8Array>();
  return {
    make: (kind) => mint.make(kind),
    prefixOf: (kind, secret) => mint.prefixOf(kind, secret),
    matches: (secret, hmac) => {
      if (matched.get(secret) === hmac) return true;
      if (!mint.matches(secret, hmac)) return false;
      if (matched.size >= LIMIT) matched.clear();
      matched.set(secret, hmac);
      return true;
    },
  };
}
