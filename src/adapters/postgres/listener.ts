/**
 * The one connection that LISTENs. It goes directly to the database (a transaction pooler drops
 * LISTEN), comes back by itself after a break, and says so: what was signalled meanwhile is lost.
 */
import { Client, type Notification } from 'pg';
import { CHANNELS } from './channels.ts';
import { type Connection, clientConfig } from './connection.ts';
import { type Queryable, queryableOn } from './database.ts';
import type { Log } from './log.ts';
import { withoutRows } from './unavailable.ts';

export interface ListenerEvents {
  /** Before anything is heard on a new connection. */
  readonly connected: (on: Queryable) => Promise<void>;
  readonly heard: (channel: string, payload: string) => void;
  /** Signals may have been lost. */
  readonly resumed: () => void;
}

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 5_000;
/** A connection that is half open says nothing by itself. */
const PING_EVERY_MS = 10_000;
const PING_TIMEOUT_MS = 5_000;

export class Listener {
  #connection: Connection;
  readonly #events: ListenerEvents;
  readonly #log: Log;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hears = false;
  #failures = 0;
  #closed = false;

  constructor(connection: Connection, events: ListenerEvents, log: Log) {
    this.#connection = connection;
    this.#events = events;
    this.#log = log;
  }

  /** Throws when the first connection fails; later ones are made again for as long as it takes. */
  async open(): Promise<void> {
    const client = new Client({
      ...clientConfig(this.#connection, 'capstan-listen'),
      query_timeout: PING_TIMEOUT_MS,
    });
    this.#client = client;
    client.on('error', () => undefined);
    try {
      await client.connect();
      await this.#events.connected(queryableOn(client));
      client.on('notification', (hint) => this.#hear(hint));
      await client.query(
        Object.values(CHANNELS)
          .map((channel) => `LISTEN ${channel}`)
          .join('; '),
      );
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    this.#hears = true;
    client.once('end', () => this.#lost(client, new Error('the connection ended')));
    this.#pingLater(client);
  }

  /** Hears on a new connection before it gives up the old one: nothing is missed. */
  async replace(connection: Connection): Promise<void> {
    this.#connection = connection;
    const old = this.#client;
    // Between two connections already: the next one is made with it.
    if (this.#closed || !old || !this.#hears) return;
    try {
      await this.open();
      await old.end();
    } catch (error) {
      if (this.#closed) return void old.end().catch(() => undefined);
      this.#client = old;
      this.#lost(old, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  #hear({ channel, payload }: Notification): void {
    this.#events.heard(channel, payload ?? '');
  }

  #pingLater(client: Client): void {
    this.#later(PING_EVERY_MS, async () => {
      try {
        await client.query('SELECT 1');
        this.#pingLater(client);
      } catch (error) {
        this.#lost(client, error);
      }
    });
  }

  #lost(client: Client, error: unknown): void {
    if (this.#closed || client !== this.#client) return;
    this.#client = undefined;
    this.#hears = false;
    this.#log.warn({ err: error }, 'signals are lost until the database is heard again');
    void client.end().catch(() => undefined);
    this.#reopenLater();
  }

  #reopenLater(): void {
    const delay = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    this.#later(delay, async () => {
      try {
        await this.open();
        this.#failures = 0;
        this.#log.info({}, 'signals are heard again');
        this.#events.resumed();
      } catch (error) {
        this.#failures += 1;
        if (this.#closed) return;
        this.#log.warn({ err: withoutRows(error) }, 'the database cannot be listened to yet');
        this.#reopenLater();
      }
    });
  }

  #later(delayMs: number, work: () => Promise<void>): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => void work(), delayMs).unref();
  }
}
