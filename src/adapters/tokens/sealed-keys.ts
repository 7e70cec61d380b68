/**
 * Signing keys at rest: sealed with AES-256-GCM under a key derived from the installation's pepper,
 * which is not in the database. So replicas share them, and a copy of the database signs nothing.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

export function sealingKey(pepper: Uint8Array, of = 'capstan token signing keys'): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', pepper, '', of, 32));
}

/** @param name bound to what is sealed: it opens under no other */
export function seal(key: Uint8Array, name: string, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]);
}

/** Undefined when it was sealed under another key or name, or changed since. */
export function unseal(key: Uint8Array, name: string, sealed: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(sealed);
  if (bytes.length < NONCE + TAG) return undefined;
  const opener = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE)).setAAD(Buffer.from(name));
  opener.setAuthTag(bytes.subarray(bytes.length - TAG));
  try {
    return Buffer.concat([opener.update(bytes.subarray(NONCE, bytes.length - TAG)), opener.final()]);
  } catch {
    return undefined;
  }
}
