/**
 * The keys that sign and verify tokens now. A new key is published before it signs, so that every
 * replica knows it when the first token comes; an old one verifies until its last token has ended.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { SigningKeyRecord, SigningKeyStore } from '../../ports/token-keys.ts';
import { seal, unseal } from './sealed-keys.ts';

export interface RingKey {
  readonly kid: string;
  readonly alg: 'EdDSA' | 'HS256';
  readonly verifies: KeyObject;
  readonly signs: KeyObject | undefined;
}

export interface KeyRingOptions {
  readonly store: SigningKeyStore;
  /** From `sealingKey`. */
  readonly sealing: Uint8Array;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds that only grow. */
  readonly ticks: () => number;
  /** Longest life of a token, and what clocks may differ. */
  readonly tokenMs: number;
}

/** How long a replica goes without looking for new keys, milliseconds. */
const LOOK = 1000;
/** The same for a key id that nobody knows. */
const LOOK_AGAIN = 100;
/** From the publication of a key to its first signature: a few looks. */
const PUBLISHED = 3000;
/** A key signs this long, then another takes over. */
const ROTATE = 30 * 86_400_000;

interface Ring {
  readonly since: number;
  readonly records: readonly SigningKeyRecord[];
  readonly keys: ReadonlyMap<string, RingKey>;
}

export class KeyRing {
  readonly #options: KeyRingOptions;
  #ring: Ring | undefined;
  #loading: Promise<Ring> | undefined;

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /** An unknown one may be of a moment ago; strangers who make ids up cause few looks. */
  async find(kid: string): Promise<RingKey | undefined> {
    return (await this.#current(LOOK)).keys.get(kid) ?? (await this.#current(LOOK_AGAIN)).keys.get(kid);
  }

  /** The one to sign with; made when there is none, or when the last is old. */
  async signer(): Promise<RingKey> {
    const { now } = this.#options;
    let ring = await this.#current(LOOK);
    const newest = ring.records[0];
    if (!newest || !this.#usable(ring, newest) || now() - newest.createdAt > ROTATE) {
      await this.#add(newest && this.#usable(ring, newest) ? now() + PUBLISHED : now());
      ring = await this.#load();
    }
    const usable = ring.records.filter((record) => this.#usable(ring, record));
    const chosen = usable.find(({ activeFrom }) => activeFrom <= now()) ?? usable.at(-1);
    const key = chosen && ring.keys.get(chosen.kid);
    if (!key) throw new Error('no key to sign tokens with could be made');
    return key;
  }

  async rotate(): Promise<string> {
    await this.signer();
    const kid = await this.#add(this.#options.now() + PUBLISHED);
    await this.#load();
    return kid;
  }

  #usable(ring: Ring, { kid }: SigningKeyRecord): boolean {
    return ring.keys.get(kid)?.signs !== undefined;
  }

  async #current(maxAge: number): Promise<Ring> {
    const { ticks } = this.#options;
    if (this.#ring && ticks() - this.#ring.since < maxAge) return this.#ring;
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    // While the store is away the keys of before are still those that signed.
    return this.#ring
      ? this.#loading.catch((error: unknown) => this.#ring ?? Promise.reject(error))
      : this.#loading;
  }

  async #load(): Promise<Ring> {
    const { store, ticks } = this.#options;
    const since = ticks();
    const records = await store.list();
    const living = records.filter((_, index) => this.#isLiving(records, index));
    for (const { kid } of records.filter((record) => !living.includes(record))) await store.remove(kid);
    const keys = living.map((record) => this.#open(record));
    this.#ring = { since, records: living, keys: new Map(keys.map((key) => [key.kid, key])) };
    return this.#ring;
  }

  /** Until the last token ended that it may have signed before the next one took over. */
  #isLiving(records: readonly SigningKeyRecord[], index: number): boolean {
    const next = records[index - 1];
    return next === undefined || next.activeFrom + this.#options.tokenMs + PUBLISHED > this.#options.now();
  }

  #open({ kid, publicKey, sealedKey }: SigningKeyRecord): RingKey {
    const opened = unseal(this.#options.sealing, kid, sealedKey);
    return {
      kid,
      alg: 'EdDSA',
      verifies: createPublicKey({ key: publicKey as never, format: 'jwk' }),
      signs: opened && createPrivateKey({ key: Buffer.from(opened), format: 'der', type: 'pkcs8' }),
    };
  }

  async #add(activeFrom: number): Promise<string> {
    const { store, sealing, now } = this.#options;
    const kid = randomBytes(9).toString('base64url');
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const sealedKey = seal(sealing, kid, privateKey.export({ format: 'der', type: 'pkcs8' }));
    const jwk = publicKey.export({ format: 'jwk' }) as Record<string, unknown>;
    await store.add({ kid, publicKey: jwk, sealedKey, activeFrom, createdAt: now() });
    return kid;
  }
}
