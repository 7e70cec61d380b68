/** The `GrantStore` port over PostgreSQL. */
import type { QueueGrant } from '../../../core/scheduling/queue.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import type { GrantStore, Kept } from '../../../ports/queue-store.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Database } from '../database.ts';
import { cutPage } from '../paging.ts';
import { getGrant } from './get-grant.ts';
import { listGrants } from './list-grants.ts';
import { putGrant } from './put-grant.ts';
import { removeGrant } from './remove-grant.ts';

type GrantKey = readonly [project: string, queue: string];

export class PostgresGrants implements GrantStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async put(grant: QueueGrant, now: number): Promise<Kept<QueueGrant>> {
    return (await this.#db.one(putGrant, { grant, now }))!;
  }

  get(project: string, queue: string): Promise<Kept<QueueGrant> | undefined> {
    return this.#db.one(getGrant, { project, queue });
  }

  async list({ cursor, limit }: Page, projects?: readonly string[]): Promise<PageOf<Kept<QueueGrant>>> {
    const after: GrantKey = cursor === undefined ? ['', ''] : decodeCursor(cursor, isGrantKey);
    const rows = await this.#db.run(listGrants, { after, limit: limit + 1, projects });
    return cutPage(rows, limit, (last) => encodeCursor([last.project, last.queue]));
  }

  async remove(project: string, queue: string): Promise<boolean> {
    return (await this.#db.one(removeGrant, { project, queue })) === true;
  }
}

function isGrantKey(parts: readonly unknown[]): parts is GrantKey {
  return parts.length === 2 && parts.every((part) => typeof part === 'string');
}
