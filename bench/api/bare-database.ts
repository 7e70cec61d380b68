/** The peer: a client on the database itself, a connection each, that reads a row or inserts one durably. */
import pg from 'pg';
import type { ConnectionConfig } from '../../src/adapters/embedded-postgres/embedded-postgres.ts';
import type { Act } from './load.ts';
import { type OperationName, PAGE, SPEC } from './requests.ts';

interface Query {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

const TABLE = 'bench_row';

export class BareDatabase implements AsyncDisposable {
  readonly #clients: readonly pg.Client[];

  private constructor(clients: readonly pg.Client[]) {
    this.#clients = clients;
  }

  static async open(config: ConnectionConfig, connections: number): Promise<BareDatabase> {
    const clients = Array.from({ length: connections }, () => new pg.Client({ ...config, ssl: false }));
    await Promise.all(clients.map((client) => client.connect()));
    await clients[0]?.query(
      `CREATE TABLE IF NOT EXISTS ${TABLE} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body jsonb NOT NULL)`,
    );
    return new BareDatabase(clients);
  }

  /** @param uid of a job */
  act(operation: OperationName, uid: string): Act {
    const query = queryFor(operation, uid);
    return async (connection) => {
      await this.#clients[connection]!.query({ ...query, values: [...query.values] });
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.end()));
  }
}

function queryFor(operation: OperationName, uid: string): Query {
  switch (operation) {
    case 'job.get':
      return { name: 'bench_get', text: 'SELECT * FROM job WHERE uid = $1', values: [uid] };
    case 'job.list': {
      const text = 'SELECT * FROM job ORDER BY created_at DESC, uid DESC LIMIT $1';
      return { name: 'bench_list', text, values: [PAGE] };
    }
    case 'job.submit': {
      const text = `INSERT INTO ${TABLE} (body) VALUES ($1)`;
      return { name: 'bench_insert', text, values: [JSON.stringify(SPEC)] };
    }
  }
}
