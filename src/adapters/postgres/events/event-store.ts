/** The `EventStore` port over PostgreSQL. */
import { Refused } from '../../../core/errors/refused.ts';
import type { EventBatch, EventFilter, EventStore, StoredEvent } from '../../../ports/event-store.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import type { Database } from '../database.ts';
import { cutPage } from '../paging.ts';
import { isUid } from '../uid.ts';
import { cursorText, isBefore, type Position, parseCursor } from './event-cursor.ts';
import { type EventSight, eventsAfter } from './events-after.ts';
import { listEvents } from './list-events.ts';
import { type StorePosition, storePosition } from './store-position.ts';

export class PostgresEvents implements EventStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(filter: EventFilter, { cursor, limit }: Page): Promise<PageOf<StoredEvent>> {
    if (filter.job !== undefined && !isUid(filter.job)) return { items: [] };
    const before = cursor === undefined ? undefined : await this.#ours(cursor);
    const rows = await this.#db.run(listEvents({ filter, before, limit: limit + 1 }), undefined);
    return cutPage(rows, limit, (last) => last.cursor);
  }

  async after(cursor: string, filter: EventFilter, limit: number): Promise<EventBatch> {
    if (filter.job !== undefined && !isUid(filter.job)) return { events: [], cursor };
    const { epoch, ...after } = parseCursor(cursor);
    const sights = await this.#db.run(eventsAfter(filter), { filter, after, limit });
    const store = sights[0];
    if (!store || isExpired({ epoch, ...after }, store)) throw new Refused('cursor.expired');
    const events = sights.flatMap(({ event }) => event ?? []);
    return { events, cursor: continuation(store, { after, events, limit }) };
  }

  async cursor(at: 'now' | 'start'): Promise<string> {
    const position = await this.#position();
    return cursorText(position.epoch, position[at]);
  }

  async #ours(cursor: string): Promise<Position> {
    const { epoch, ...position } = parseCursor(cursor);
    if (epoch !== (await this.#position()).epoch) throw new Refused('cursor.expired');
    return position;
  }

  async #position(): Promise<StorePosition> {
    const position = await this.#db.one(storePosition, undefined);
    if (!position) throw new Refused('cursor.expired');
    return position;
  }
}

/** Of another store, before a gap, or from a future that a restored database never had. */
function isExpired(cursor: Position & { readonly epoch: string }, store: EventSight): boolean {
  if (cursor.epoch !== store.epoch || isBefore(cursor, store.dropped)) return true;
  return BigInt(cursor.xid) > BigInt(store.next);
}

/** A batch that is not full has seen everything below the horizon, also what its filter left out. */
function continuation(
  store: EventSight,
  read: { readonly after: Position; readonly events: readonly StoredEvent[]; readonly limit: number },
): string {
  const last = read.events.at(-1);
  if (last && read.events.length >= read.limit) return last.cursor;
  const horizon = { xid: store.horizon, seq: '0' };
  return cursorText(store.epoch, isBefore(horizon, read.after) ? read.after : horizon);
}
