/** The `KeyStore` port over PostgreSQL. */
import type { KeyRecord, KeyStore, Rotation } from '../../../ports/key-store.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Database } from '../database.ts';
import { cutPage } from '../paging.ts';
import { findKey } from './find-key.ts';
import { getKey } from './get-key.ts';
import { listKeys } from './list-keys.ts';
import { insertKey, putKey } from './put-key.ts';
import { revokeKey } from './revoke-key.ts';
import { rotateKey } from './rotate-key.ts';

export class PostgresKeys implements KeyStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async insert(key: KeyRecord): Promise<boolean> {
    return (await this.#db.one(insertKey, key)) === true;
  }

  async put(key: KeyRecord): Promise<void> {
    await this.#db.run(putKey, key);
  }

  async findByPrefix(prefix: string): Promise<KeyRecord | undefined> {
    // What a stranger sends as a key is looked up as it is; a NUL is no text to PostgreSQL.
    return prefix.includes('\0') ? undefined : this.#db.one(findKey, prefix);
  }

  get(ref: string): Promise<KeyRecord | undefined> {
    return this.#db.one(getKey, ref);
  }

  async list({ cursor, limit }: Page): Promise<PageOf<KeyRecord>> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, isAgeKey);
    const rows = await this.#db.run(listKeys, { before, limit: limit + 1 });
    return cutPage(rows, limit, (last) => encodeCursor([last.createdAt, last.id]));
  }

  revoke(id: string, now: number): Promise<KeyRecord | undefined> {
    return this.#db.one(revokeKey, { id, now });
  }

  rotate(id: string, change: Rotation): Promise<KeyRecord | undefined> {
    return this.#db.one(rotateKey, { id, ...change });
  }
}

/** The sort key of what is listed by age. */
export function isAgeKey(parts: readonly unknown[]): parts is readonly [createdAt: number, id: string] {
  return parts.length === 2 && Number.isSafeInteger(parts[0]) && typeof parts[1] === 'string';
}
