/** The keys that sign access tokens. The private half is sealed before it gets here: the store can't use it. */
export interface SigningKeyRecord {
  readonly kid: string;
  /** A JSON Web Key. */
  readonly publicKey: Readonly<Record<string, unknown>>;
  readonly sealedKey: Uint8Array;
  /** From then on it signs; other replicas have read it by then. */
  readonly activeFrom: number;
  readonly createdAt: number;
}

export interface SigningKeyStore {
  add(key: SigningKeyRecord): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly SigningKeyRecord[]>;
  remove(kid: string): Promise<void>;
}
