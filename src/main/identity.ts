/**
 * Secrets that open doors: 256 random bits behind a prefix to find them by. The store has only an HMAC
 * of each, under a pepper that is kept outside the database.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, open, readFile, rename } from 'node:fs/promises';
import { grantOf, SELF } from '../core/access/grants.ts';
import type { Principal } from '../core/access/principal.ts';
import type { KeptSecret, KeyRecord, KeyStore, Mint } from '../ports/key-store.ts';

const SECRET = /^(cap|cas|cab)_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

export function createMint(pepper: Uint8Array): Mint {
  return {
    make(kind) {
      const prefix = randomBytes(6).toString('hex');
      const secret = `${kind}_${prefix}_${randomBytes(32).toString('base64url')}`;
      return { secret, prefix, hmac: digest(secret, pepper) };
    },
    prefixOf(kind, secret) {
      const [, found, prefix] = SECRET.exec(secret) ?? [];
      return found === kind ? prefix : undefined;
    },
    matches: (secret, hmac) => timingSafeEqual(digest(secret, pepper), hmac),
  };
}

export interface NewKey {
  /** Shown once. */
  readonly key: string;
  readonly record: KeyRecord;
}

export function makeKey(
  of: { id: string; name: string; roles: readonly string[]; now: number },
  pepper: Uint8Array,
): NewKey {
  const { secret, ...kept } = createMint(pepper).make('cap');
  const { now, ...rest } = of;
  return { key: secret, record: { ...rest, ...kept, scope: {}, createdAt: now } };
}

export type Authenticate = (key: string) => Promise<Principal | undefined>;

/** Undefined for what is no key, not known, ended or revoked: callers can't tell which. */
export function authenticator(
  keys: Pick<KeyStore, 'findByPrefix'>,
  pepper: Uint8Array,
  now: () => number,
): Authenticate {
  const mint = createMint(pepper);
  return async (key) => {
    const prefix = mint.prefixOf('cap', key);
    const record = prefix === undefined ? undefined : await keys.findByPrefix(prefix);
    if (!record || !opens(record, { secret: key, prefix, now: now() }, mint)) return undefined;
    return keyPrincipal(record, new Map());
  };
}

/** What is shown, with the prefix that it was found by. */
export interface Shown {
  readonly secret: string;
  readonly prefix: string | undefined;
  readonly now: number;
}

/** True when the secret is the record's present one, or the one before within its grace, and the key lives. */
export function opens(record: KeyRecord, shown: Shown, mint: Mint): boolean {
  const { previous } = record;
  const old = previous?.prefix === shown.prefix;
  const kept: KeptSecret = old && previous ? previous : record;
  if (!mint.matches(shown.secret, kept.hmac)) return false;
  return isLive(record, shown.now) && !(old && previous && previous.until <= shown.now);
}

export function isLive({ revokedAt, expiresAt }: KeyRecord, now: number): boolean {
  return revokedAt === undefined && (expiresAt === undefined || expiresAt > now);
}

/** @param custom operations by the name of their role */
export function keyPrincipal(
  record: KeyRecord,
  custom: ReadonlyMap<string, readonly string[]>,
): Principal & { readonly credential: string } {
  const grants = [SELF, ...record.roles.map((role) => grantOf(role, record.scope, custom))];
  return { id: `key/${record.name}`, kind: 'key', grants, credential: record.id };
}

function digest(key: string, pepper: Uint8Array): Buffer {
  return createHmac('sha256', pepper).update(key).digest();
}

/** Reads a secret file, or makes it: mode 0600, complete or not there. */
export async function secretFile(path: string, make: () => string): Promise<string> {
  const existing = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (existing !== undefined) {
    await chmod(path, 0o600);
    return existing.trim();
  }
  const text = make();
  await writeSecret(path, text);
  return text;
}

export async function writeSecret(path: string, text: string): Promise<void> {
  const draft = await open(`${path}.new`, 'w', 0o600);
  try {
    await draft.writeFile(`${text}\n`);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${path}.new`, path);
}

/** 256 bits. */
export function newPepper(): string {
  return randomBytes(32).toString('base64url');
}
