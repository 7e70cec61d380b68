/**
 * The pool, as the rest of the adapter sees it: statements in, mapped rows out. A lost connection
 * is told as `store.unavailable`; the next call gets a fresh one, so recovery needs nobody.
 */
import { type ClientBase, Pool, type PoolClient, type QueryResultRow } from 'pg';
import { type Connection, clientConfig } from './connection.ts';
import type { Log } from './log.ts';
import type { Statement } from './statement.ts';
import { asRefusal, isUnavailable } from './unavailable.ts';

export interface Queryable {
  run<P, R extends QueryResultRow, T>(statement: Statement<P, R, T>, params: P): Promise<T[]>;
  /** The first row, if there is one. */
  one<P, R extends QueryResultRow, T>(statement: Statement<P, R, T>, params: P): Promise<T | undefined>;
  /** Fixed text without parameters: DDL, SET. */
  execute(text: string): Promise<void>;
}

export type Begin = 'BEGIN' | 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

export class Database implements Queryable {
  readonly #pool: Pool;
  #closed: Promise<void> | undefined;

  constructor(connection: Connection, options: { readonly poolSize: number; readonly log: Log }) {
    this.#pool = new Pool({ ...clientConfig(connection, 'capstan'), max: options.poolSize });
    // Without a listener, a connection that drops would end the process: idle ones speak through the
    // pool, those in use by themselves. Whoever waits for an answer is told by its own promise.
    this.#pool.on('error', (error) =>
      options.log.warn({ err: error }, 'an idle database connection was lost'),
    );
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async run<P, R extends QueryResultRow, T>(statement: Statement<P, R, T>, params: P): Promise<T[]> {
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

  /** Commits what `work` did, or nothing of it. */
  async transaction<T>(begin: Begin, work: (on: Queryable) => Promise<T>): Promise<T> {
    return this.#with(async (client) => {
      const on = queryableOn(client);
      await on.execute(begin);
      try {
        const result = await work(on);
        await on.execute('COMMIT');
        return result;
      } catch (error) {
        if (!isUnavailable(error)) await on.execute('ROLLBACK');
        throw error;
      }
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  async #with<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    let broken = false;
    try {
      client = await this.#pool.connect();
      return await use(client);
    } catch (error) {
      broken = isUnavailable(error);
      throw asRefusal(error);
    } finally {
      client?.release(broken);
    }
  }
}

export function queryableOn(client: ClientBase): Queryable {
  const run: Queryable['run'] = async ({ name, text, values, row }, params) => {
    const named = name === undefined ? { text } : { name, text };
    const { rows } = await client.query({ ...named, values: [...values(params)] });
    return rows.map(row);
  };
  return {
    run,
    one: async (statement, params) => (await run(statement, params))[0],
    execute: async (text) => void (await client.query(text)),
  };
}
