/** The `SessionStore` port over PostgreSQL. */
import type { Page, PageOf } from '../../../ports/page.ts';
import type { Refreshing, SessionRecord, SessionStore } from '../../../ports/session-store.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Database } from '../database.ts';
import { isAgeKey } from '../keys/key-store.ts';
import { cutPage } from '../paging.ts';
import { endSession, pruneSessions, refreshSession } from './change-session.ts';
import { putSession } from './put-session.ts';
import { findSession, getSession, listSessions } from './read-sessions.ts';

export class PostgresSessions implements SessionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async put(session: SessionRecord): Promise<boolean> {
    return (await this.#db.one(putSession, session)) === true;
  }

  get(id: string): Promise<SessionRecord | undefined> {
    return this.#db.one(getSession, id);
  }

  findByPrefix(prefix: string): Promise<SessionRecord | undefined> {
    return this.#db.one(findSession, prefix);
  }

  refresh(id: string, change: Refreshing): Promise<SessionRecord | undefined> {
    return this.#db.one(refreshSession, { id, ...change });
  }

  async list(
    filter: { readonly subject?: string | undefined; readonly now: number },
    { cursor, limit }: Page,
  ): Promise<PageOf<SessionRecord>> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, isAgeKey);
    const rows = await this.#db.run(listSessions, { ...filter, before, limit: limit + 1 });
    return cutPage(rows, limit, (last) => encodeCursor([last.createdAt, last.id]));
  }

  async end(id: string, now: number): Promise<boolean> {
    return (await this.#db.one(endSession, { id, now })) === true;
  }

  async prune(before: number): Promise<number> {
    return (await this.#db.one(pruneSessions, before)) ?? 0;
  }
}
