/**
 * Every table of the store as one transaction sees it. The tables are locked against being dropped
 * before the snapshot is taken, as partitions come and go; nobody who reads or writes waits for it.
 */
import pg, { type ClientConfig, type QueryResultRow } from 'pg';
import { BackupError } from './errors.ts';
import { type AppliedMigration, OWN_TABLES, type TableHead } from './format.ts';

export type Connection = string | ClientConfig;

export interface Snapshot {
  readonly epoch: string;
  readonly migrations: readonly AppliedMigration[];
  readonly tables: readonly TableHead[];
  /** A row as JSON text each, in batches. */
  rows(table: TableHead): AsyncGenerator<readonly string[]>;
  /** Those that are made ahead of time and dropped when they are old; without the default ones. */
  readonly partitions: readonly Partition[];
  /** Where each sequence stands; `null` when it was never used. */
  sequences(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

export interface Partition {
  readonly name: string;
  readonly of: string;
  /** `FOR VALUES FROM (…) TO (…)` */
  readonly bound: string;
}

const BATCH = 2000;

const TABLES = `
  SELECT c.relname AS name,
         (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
           WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
    FROM pg_class c
   WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   ORDER BY c.relname`;

const PARTITIONS = `
  SELECT c.relname AS name, p.relname AS of, pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
   WHERE p.relnamespace = current_schema()::regnamespace AND p.relkind = 'p'
     AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
   ORDER BY c.relname`;

/** Partitions ahead are made with a limit of 5 s: the backup waits for them a little longer. */
const LOCK_WAIT = '30s';

/** A backup takes as long as it takes; only connecting is bounded. */
export function patientClient(connection: Connection, name: string): pg.Client {
  const given = typeof connection === 'string' ? { connectionString: connection } : connection;
  const client = new pg.Client({
    ...given,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 0,
    idle_in_transaction_session_timeout: 0,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  return client;
}

/** @throws BackupError `NothingThere` when the database holds no store */
export async function openSnapshot(connection: Connection): Promise<Snapshot> {
  const client = patientClient(connection, 'capstan-backup');
  await client.connect();
  try {
    const tables = (await all<TableHead>(client, TABLES)).filter(({ name }) => !OWN_TABLES.has(name));
    if (tables.length === 0) throw nothingThere();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`SET LOCAL lock_timeout = '${LOCK_WAIT}'`);
    await client.query(
      `LOCK TABLE ${tables.map(({ name }) => pg.escapeIdentifier(name)).join(', ')} IN ACCESS SHARE MODE`,
    );
    const [meta] = await all<{ epoch: string }>(client, 'SELECT epoch FROM meta');
    if (!meta) throw nothingThere();
    const migrations = await all<AppliedMigration>(
      client,
      'SELECT number, name, checksum FROM migration ORDER BY number',
    );
    return {
      epoch: meta.epoch,
      migrations,
      tables,
      partitions: await all<Partition>(client, PARTITIONS),
      rows: (table) => rowsOf(client, table),
      sequences: () => sequencesOf(client),
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

function nothingThere(): BackupError {
  return new BackupError('NothingThere', {
    message: 'the database holds no Capstan store',
    next: 'Name the data directory with --data, or the database with CAPSTAN_DATABASE_URL.',
  });
}

/** Inside a transaction. */
export async function* rowsOf(
  client: pg.Client,
  { name, columns }: TableHead,
): AsyncGenerator<readonly string[]> {
  const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  const cursor = pg.escapeIdentifier(`backup_${name}`);
  await client.query(
    `DECLARE ${cursor} NO SCROLL CURSOR FOR
       SELECT row_to_json(t)::text AS line FROM (SELECT ${list} FROM ${pg.escapeIdentifier(name)}) AS t`,
  );
  for (;;) {
    const rows = await all<{ line: string }>(client, `FETCH ${BATCH} FROM ${cursor}`);
    if (rows.length === 0) break;
    yield rows.map(({ line }) => line);
  }
  await client.query(`CLOSE ${cursor}`);
}

/** Sequences stand outside of transactions: read after the rows, they are ahead of all of them. */
async function sequencesOf(client: pg.Client): Promise<Readonly<Record<string, string>>> {
  const rows = await all<{ name: string; last: string | null }>(
    client,
    `SELECT sequencename AS name, last_value::text AS last FROM pg_sequences WHERE schemaname = current_schema()`,
  );
  return Object.fromEntries(rows.flatMap(({ name, last }) => (last === null ? [] : [[name, last]])));
}

async function all<R extends QueryResultRow>(client: pg.Client, text: string): Promise<R[]> {
  return (await client.query<R>(text)).rows;
}
