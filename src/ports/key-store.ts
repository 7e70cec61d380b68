/** API keys: only their prefix and their HMAC are kept. */
import type { Scope } from '../core/access/principal.ts';
import type { Page, PageOf } from './page.ts';

/** What is kept of a secret: how to find it, and how to know it. */
export interface KeptSecret {
  readonly prefix: string;
  readonly hmac: Uint8Array;
}

export interface KeyRecord extends KeptSecret {
  readonly id: string;
  readonly name: string;
  /** Built-in or custom roles, by name. */
  readonly roles: readonly string[];
  /** Where they hold. */
  readonly scope: Scope;
  readonly createdAt: number;
  /** Absent: made by the installation itself. */
  readonly createdBy?: string | undefined;
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
  /** The secret before the last rotation, and until when it is still taken. */
  readonly previous?: (KeptSecret & { readonly until: number }) | undefined;
}

export interface KeyStore {
  /** False when a key that was not revoked has the name. */
  insert(key: KeyRecord): Promise<boolean>;
  /** The installation's own first key: whatever others are called. */
  put(key: KeyRecord): Promise<void>;
  /** By the present prefix or the one before. */
  findByPrefix(prefix: string): Promise<KeyRecord | undefined>;
  /** By id, or by name: the one that was not revoked, else the latest. */
  get(ref: string): Promise<KeyRecord | undefined>;
  /** Newest first. */
  list(page: Page): Promise<PageOf<KeyRecord>>;
  /** The record as it is afterwards; undefined when it is not there. A repeated revocation keeps the first time. */
  revoke(id: string, now: number): Promise<KeyRecord | undefined>;
  /** Compare-and-set on the prefix; undefined when the key was rotated or revoked meanwhile. */
  rotate(id: string, change: Rotation): Promise<KeyRecord | undefined>;
}

export interface Rotation {
  /** The prefix that the decision was made on. */
  readonly from: string;
  readonly to: KeptSecret;
  /** Until when the old secret is taken, epoch milliseconds. */
  readonly oldUntil: number;
}

/** A new secret, and what to keep of it. */
export interface Minted extends KeptSecret {
  /** Shown once. */
  readonly secret: string;
}

/** What a secret begins with: `cap` a key, `cas` a session's refresh, `cab` the session of a browser. */
export type SecretKind = 'cap' | 'cas' | 'cab';

/** Makes secrets and knows them again. It alone has the pepper, which is not in the store. */
export interface Mint {
  make(kind: SecretKind): Minted;
  /** The prefix of a well-formed secret. */
  prefixOf(kind: SecretKind, secret: string): string | undefined;
  /** In constant time. */
  matches(secret: string, hmac: Uint8Array): boolean;
}
