/** The `Sealer` port: AES-256-GCM under a key of its own, derived from the pepper that every replica has. */
import type { Sealer } from '../../ports/sealer.ts';
import { seal, sealingKey, unseal } from './sealed-keys.ts';

export function createSealer(pepper: Uint8Array): Sealer {
  const key = sealingKey(pepper, 'capstan sealed state');
  return {
    seal: (purpose, plain) => Buffer.from(seal(key, purpose, Buffer.from(plain))).toString('base64url'),
    unseal(purpose, sealed) {
      const plain = unseal(key, purpose, Buffer.from(sealed, 'base64url'));
      return plain && Buffer.from(plain).toString();
    },
  };
}
