/**
 * The pool, as the rest of the adapter sees it: statements in, mapped rows out. A lost connection
 * is told as `store.unavailable`; the next call gets a fresh one, so recovery needs nobody.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { type ClientBase, Pool, type PoolClient, type QueryResultRow } from 'pg';
import { Refused } from '../../core/errors/refused.ts';
import type { AuditContext } from './audit/audit-context.ts';
import { insertRecord } from './audit/insert-record.ts';
import { type Connection, clientConfig } from './connection.ts';
import type { Log } from './log.ts';
import { isRejection, type Rotation } from './rotation.ts';
import { isAudited, type Statement } from './statement.ts';
import { asRefusal, isUnavailable } from './unavailable.ts';

export interface Queryable {
  run<P, R extends QueryResultRow, T>(statement: Statement<P, R, T>, params: P): Promise<T[]>;
  /** The first row, if there is one. */
  one<P, R extends QueryResultRow, T>(statement: Statement<P, R, T>, params: P): Promise<T | undefined>;
  /** Fixed text without parameters: DDL, SET. */
  execute(text: string): Promise<void>;
}

export type Begin = 'BEGIN' | 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

export interface DatabaseOptions {
  readonly poolSize: number;
  readonly log: Log;
  readonly audit: AuditContext;
  /** Run first on each connection. */
  readonly settings?: string | undefined;
  /** Where the password may change. */
  readonly rotation?: Rotation | undefined;
}

export class Database implements Queryable {
  /** Whom the present work is done for. */
  readonly audit: AuditContext;
  readonly #options: DatabaseOptions;
  /** Pools whose connections are given up as they become free. */
  readonly #retiring = new Set<Promise<void>>();
  #pool: Pool;
  #closed: Promise<void> | undefined;

  constructor(connection: Connection, options: DatabaseOptions) {
    this.audit = options.audit;
    this.#options = options;
    this.#pool = this.#poolOf(connection);
    options.rotation?.follow((renewed) => this.#replacePool(renewed));
  }

  #poolOf(connection: Connection): Pool {
    const { poolSize, log, settings } = this.#options;
    const pool = new Pool({ ...clientConfig(connection, 'capstan'), max: poolSize });
    // Without a listener, a connection that drops would end the process: idle ones speak through the
    // pool, those in use by themselves. Whoever waits for an answer is told by its own promise.
    pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
    pool.on('connect', (client) => {
      client.on('error', () => undefined);
      // It goes before whatever the connection was made for; should it fail, so does that.
      if (settings !== undefined) client.query(settings).catch(() => undefined);
    });
    return pool;
  }

  /** Work under way ends on the old connections: for that long there are up to twice as many. */
  #replacePool(connection: Connection): void {
    if (this.#closed) return;
    const old = this.#pool;
    this.#pool = this.#poolOf(connection);
    const retiring = retire(old).finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
  }

  async run<P, R extends QueryResultRow, T>(statement: Statement<P, R, T>, params: P): Promise<T[]> {
    if (isAudited(statement)) return this.transaction('BEGIN', (on) => on.run(statement, params));
    return this.#with((client) => queryableOn(client).run(statement, params));
  }

  async one<P, R extends QueryResultRow, T>(
    statement: Statement<P, R, T>,
    params: P,
  ): Promise<T | undefined> {
    return (await this.run(statement, params))[0];
  }

  async execute(text: string): Promise<void> {
    return this.#with((client) => queryableOn(client).execute(text));
  }

  /** Commits what `work` did with the record of it, or nothing. */
  async transaction<T>(begin: Begin, work: (on: Queryable) => Promise<T>): Promise<T> {
    return this.#with(async (client) => {
      let changes: string | undefined;
      const on = queryableOn(client, (changing) => {
        changes ??= changing;
      });
      await on.execute(begin);
      try {
        const result = await work(on);
        if (changes !== undefined) await on.run(insertRecord, { stamp: this.audit.stamp(changes) });
        await on.execute('COMMIT');
        return result;
      } catch (error) {
        if (!isUnavailable(error)) await on.execute('ROLLBACK');
        throw error;
      }
    });
  }

  close(): Promise<void> {
    this.#closed ??= Promise.all([this.#pool.end(), ...this.#retiring]).then(() => undefined);
    return this.#closed;
  }

  /** A refused password is most often one that was just replaced. */
  async #connect(): Promise<PoolClient> {
    for (;;) {
      const pool = this.#pool;
      try {
        return await pool.connect();
      } catch (error) {
        const { rotation } = this.#options;
        if (!rotation || !isRejection(error)) throw error;
        const renewed = pool !== this.#pool || (await rotation.rejected());
        if (!renewed) throw new Refused('store.unavailable', {}, { cause: error });
      }
    }
  }

  async #with<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    let broken = false;
    try {
      client = await this.#connect();
      return await use(client);
    } catch (error) {
      broken = isUnavailable(error);
      throw asRefusal(error);
    } finally {
      client?.release(broken);
    }
  }
}

const LOOK_EVERY_MS = 20;

/** A pool that ends forgets who waits for a connection: they are served first. */
async function retire(pool: Pool): Promise<void> {
  while (pool.waitingCount > 0) await delay(LOOK_EVERY_MS);
  await pool.end();
}

/** @param onChange told of each audited statement that changed something, by its name */
export function queryableOn(client: ClientBase, onChange?: (changing: string) => void): Queryable {
  const run: Queryable['run'] = async (statement, params) => {
    const { name, text, values, row, changed } = statement;
    const named = name === undefined ? { text } : { name, text };
    const { rows, rowCount } = await client.query({ ...named, values: [...values(params)] });
    const results = rows.map(row);
    if (onChange && isAudited(statement) && (changed ? changed(results) : (rowCount ?? 0) > 0))
      onChange(name ?? 'change');
    return results;
  };
  return {
    run,
    one: async (statement, params) => (await run(statement, params))[0],
    execute: async (text) => void (await client.query(text)),
  };
}
