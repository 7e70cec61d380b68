/** API keys: only their prefix and their HMAC are kept. */
import type { Scope } from '../core/access/principal.ts';

export interface KeyRecord {
  readonly id: string;
  readonly prefix: string;
  readonly hmac: Uint8Array;
  readonly name: string;
  /** Built-in or custom roles, by name. */
  readonly roles: readonly string[];
  /** Where they hold. */
  readonly scope: Scope;
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
}

export interface KeyStore {
  put(key: KeyRecord): Promise<void>;
  findByPrefix(prefix: string): Promise<KeyRecord | undefined>;
}
