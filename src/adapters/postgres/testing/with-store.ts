/**
 * A fresh, migrated database for a test file, on the server that `test/setup/postgres.ts` started.
 * It is a copy of a template, which takes a tenth of the time of a migration.
 */
import { randomBytes } from 'node:crypto';
import type { ClientConfig } from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { openStore, type Store, type StoreOptions } from '../open-store.ts';
import { administer } from './administer.ts';

/** What the set-up provides. */
export interface TestServer {
  /** To a database from which others can be made. */
  readonly admin: ClientConfig;
  /** The name of a migrated database that nobody uses. */
  readonly template: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: TestServer;
  }
}

export interface TestDatabase extends AsyncDisposable {
  readonly connection: ClientConfig;
  /** One more store on the same database, closed with it. */
  open(options?: Partial<StoreOptions>): Promise<Store>;
}

export interface WithStore extends Omit<TestDatabase, typeof Symbol.asyncDispose> {
  readonly store: Store;
}

/** Registers hooks: the members may be used in tests and in later hooks. */
export function withStore(options: Partial<StoreOptions> = {}): WithStore {
  let database: TestDatabase | undefined;
  let store: Store | undefined;
  beforeAll(async () => {
    database = await testDatabase();
    store = await database.open(options);
  });
  afterAll(async () => database?.[Symbol.asyncDispose]());
  return {
    get store() {
      return present(store);
    },
    get connection() {
      return present(database).connection;
    },
    open: (more) => present(database).open(more),
  };
}

/** A database of its own; `template: undefined` for one without a schema. */
export async function testDatabase(
  from: { readonly template: string | undefined } = inject('postgres'),
): Promise<TestDatabase> {
  const { admin } = inject('postgres');
  const name = `capstan_test_${randomBytes(6).toString('hex')}`;
  await administer(admin, `CREATE DATABASE ${name}${from.template ? ` TEMPLATE ${from.template}` : ''}`);
  const connection = { ...admin, database: name };
  const stores: Store[] = [];
  return {
    connection,
    open: async (options) => {
      // The test server forgoes fsync: what tests write need not outlive them.
      const store = await openStore({ connection, clock: Date, allowUnsafe: true, ...options });
      stores.push(store);
      return store;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await administer(admin, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the store is there from the first beforeAll on');
  return value;
}
