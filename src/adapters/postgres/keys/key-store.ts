/** The `KeyStore` port over PostgreSQL. */
import type { KeyRecord, KeyStore } from '../../../ports/key-store.ts';
import type { Database } from '../database.ts';
import { findKey } from './find-key.ts';
import { putKey } from './put-key.ts';

export class PostgresKeys implements KeyStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async put(key: KeyRecord): Promise<void> {
    await this.#db.run(putKey, key);
  }

  async findByPrefix(prefix: string): Promise<KeyRecord | undefined> {
    // What a stranger sends as a key is looked up as it is; a NUL is no text to PostgreSQL.
    return prefix.includes('\0') ? undefined : this.#db.one(findKey, prefix);
  }
}
