/** The `SigningKeyStore` port over PostgreSQL: few rows, each with its private half sealed. */
import type { QueryResultRow } from 'pg';
import type { SigningKeyRecord, SigningKeyStore } from '../../../ports/token-keys.ts';
import type { Database } from '../database.ts';
import { jsonText } from '../json-text.ts';
import { nothing, statement } from '../statement.ts';

interface SigningRow extends QueryResultRow {
  readonly kid: string;
  readonly public_key: SigningKeyRecord['publicKey'];
  readonly sealed_key: Buffer;
  readonly active_from: number;
  readonly created_at: number;
}

const addKey = statement({
  name: 'signing_key_add',
  text: `
    INSERT INTO signing_key (kid, public_key, sealed_key, active_from, created_at) VALUES ($1, $2, $3, $4, $5)`,
  values: (key: SigningKeyRecord) => [
    key.kid,
    jsonText(key.publicKey),
    Buffer.from(key.sealedKey),
    key.activeFrom,
    key.createdAt,
  ],
  row: nothing,
});

const listKeys = statement({
  name: 'signing_key_list',
  text: `
    SELECT kid, public_key, sealed_key, active_from, created_at FROM signing_key
     ORDER BY created_at DESC, kid DESC`,
  values: (_: undefined) => [],
  row: (row: SigningRow): SigningKeyRecord => ({
    kid: row.kid,
    publicKey: row.public_key,
    sealedKey: new Uint8Array(row.sealed_key),
    activeFrom: row.active_from,
    createdAt: row.created_at,
  }),
});

const removeKey = statement({
  name: 'signing_key_remove',
  text: 'DELETE FROM signing_key WHERE kid = $1',
  values: (kid: string) => [kid],
  row: nothing,
});

export class PostgresSigningKeys implements SigningKeyStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async add(key: SigningKeyRecord): Promise<void> {
    await this.#db.run(addKey, key);
  }

  list(): Promise<readonly SigningKeyRecord[]> {
    return this.#db.run(listKeys, undefined);
  }

  async remove(kid: string): Promise<void> {
    await this.#db.run(removeKey, kid);
  }
}
