/** Asks a postmaster how it is, by connecting: only an answer to a query counts as ready. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { ConnectionConfig } from './embedded-postgres.ts';
import { codeOf, messageOf } from './errors.ts';

export type Health =
  | {
      readonly kind: 'ready';
      readonly version: string;
      readonly dataDirectory: string;
      /** False between the making of the cluster and that of our database. */
      readonly hasDatabase: boolean;
    }
  /** It lives, and takes no connections yet, or no more. */
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'wrong-password' }
  /** Nobody listens at the socket, or there is none. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** Somebody listens and gives no answer: it hangs, or just ends all its connections to recover. */
  | { readonly kind: 'silent'; readonly message: string };

/** In milliseconds. */
const CONNECT_TIMEOUT = 3000;
/** How long a postmaster may be silent before it counts as hanging, in milliseconds. */
const PATIENCE = 5000;
const POLL = 20;

interface Answer {
  readonly version: string;
  readonly data: string;
  readonly made: boolean;
}

const QUESTION = `
  SELECT current_setting('server_version') AS version,
         current_setting('data_directory') AS data,
         EXISTS (SELECT FROM pg_database WHERE datname = $1) AS made`;

export async function probe(config: ConnectionConfig): Promise<Health> {
  try {
    const row = await queryOne<Answer>(config, QUESTION, [config.database]);
    if (!row) return { kind: 'silent', message: 'no answer' };
    return { kind: 'ready', version: row.version, dataDirectory: row.data, hasDatabase: row.made };
  } catch (error) {
    return judge(error);
  }
}

/** Asks again for a while when there is no answer. */
export async function probePatiently(config: ConnectionConfig): Promise<Health> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const health = await probe(config);
    if (health.kind !== 'silent' || performance.now() > end) return health;
    await delay(POLL);
  }
}

/** A repeated call is harmless. */
export async function createDatabase(config: ConnectionConfig): Promise<void> {
  try {
    const name = pg.escapeIdentifier(config.database);
    await queryOne(config, `CREATE DATABASE ${name}`);
  } catch (error) {
    if (codeOf(error) !== '42P04') throw error;
  }
}

/** In the database `postgres`, which is there from the beginning. */
async function queryOne<Row extends pg.QueryResultRow>(
  config: ConnectionConfig,
  text: string,
  values: readonly string[] = [],
): Promise<Row | undefined> {
  const client = new pg.Client({
    ...config,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
  });
  // A postmaster that dies under an idle connection: the query that follows says so.
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<Row>(text, [...values])).rows[0];
  } finally {
    await client.end().catch(() => {});
  }
}

/** By SQLSTATE: 57P03 cannot connect now, 57P01–02 shutting down, 28 not authorised. */
function judge(error: unknown): Health {
  const code = codeOf(error) ?? '';
  if (code.startsWith('57P')) return { kind: 'busy', message: messageOf(error) };
  if (code === '28P01' || code === '28000') return { kind: 'wrong-password' };
  const kind = ['ENOENT', 'ECONNREFUSED'].includes(code) ? 'unreachable' : 'silent';
  return { kind, message: messageOf(error) };
}
