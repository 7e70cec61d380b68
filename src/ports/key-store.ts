/** API keys: only their prefix and their HMAC are kept. */
import type { Role } from '../core/access/principal.ts';

export interface KeyRecord {
  readonly id: string;
  readonly prefix: string;
  readonly hmac: Uint8Array;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
}

export interface KeyStore {
  put(key: KeyRecord): Promise<void>;
  findByPrefix(prefix: string): Promise<KeyRecord | undefined>;
}
