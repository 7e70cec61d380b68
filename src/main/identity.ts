/**
 * API keys: 256 random bits behind a prefix to find them by. The store has only an HMAC of each,
 * under a pepper that is kept outside the database.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, open, readFile, rename } from 'node:fs/promises';
import { grantOf } from '../core/access/grants.ts';
import type { Principal } from '../core/access/principal.ts';
import type { KeyRecord, KeyStore } from '../ports/key-store.ts';

const KEY = /^cap_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

export interface NewKey {
  /** Shown once. */
  readonly key: string;
  readonly record: KeyRecord;
}

export function makeKey(
  of: { id: string; name: string; roles: readonly string[]; now: number },
  pepper: Uint8Array,
): NewKey {
  const prefix = randomBytes(6).toString('hex');
  const key = `cap_${prefix}_${randomBytes(32).toString('base64url')}`;
  const { now, ...rest } = of;
  return { key, record: { ...rest, scope: {}, prefix, hmac: digest(key, pepper), createdAt: now } };
}

export type Authenticate = (key: string) => Promise<Principal | undefined>;

/** Undefined for what is no key, not known, ended or revoked: callers can't tell which. */
export function authenticator(keys: KeyStore, pepper: Uint8Array, now: () => number): Authenticate {
  return async (key) => {
    const prefix = KEY.exec(key)?.[1];
    const record = prefix === undefined ? undefined : await keys.findByPrefix(prefix);
    if (!record || !timingSafeEqual(digest(key, pepper), record.hmac)) return undefined;
    const ended =
      (record.expiresAt !== undefined && record.expiresAt <= now()) || record.revokedAt !== undefined;
    if (ended) return undefined;
    const grants = record.roles.map((role) => grantOf(role, record.scope));
    return { id: record.name, kind: 'key', grants, credential: record.id };
  };
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
