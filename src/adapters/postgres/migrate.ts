/**
 * Brings the schema up to this program, in one transaction under an advisory lock: of two servers that
 * start at once, one migrates and the other finds it done.
 */
import { createHash } from 'node:crypto';
import { Client, type QueryResultRow } from 'pg';
import { type Connection, clientConfig } from './connection.ts';
import { type Queryable, queryableOn } from './database.ts';
import type { Log } from './log.ts';
import { checkWriter } from './meta/fitness.ts';
import { INCARNATION, NEW_EPOCH } from './meta/incarnation.ts';
import { MIGRATIONS } from './migrations/all.ts';
import type { Migration } from './migrations/migration.ts';
import { nothing, statement } from './statement.ts';
import { asRefusal } from './unavailable.ts';
import { UnfitDatabase } from './unfit-database.ts';

/** Any number, as long as it stays the same: "capstan" in base 36, shortened to 31 bits. */
const LOCK = 1_254_867_219;

const CREATE_RECORD = `
  CREATE TABLE IF NOT EXISTS migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;

interface AppliedRow extends QueryResultRow {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

const listApplied = statement({
  text: 'SELECT number, name, checksum FROM migration ORDER BY number',
  values: (_: undefined) => [],
  row: (row: AppliedRow) => row,
});

const record = statement({
  text: 'INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)',
  values: (done: Migration) => [done.number, done.name, checksumOf(done)],
  row: nothing,
});

const raiseMinWriter = statement({
  text: `
    INSERT INTO meta AS m (epoch, incarnation, min_writer) VALUES (${NEW_EPOCH}, ${INCARNATION}, $1)
    ON CONFLICT (only_row) DO UPDATE SET min_writer = greatest(m.min_writer, EXCLUDED.min_writer)`,
  values: (lowest: number) => [lowest],
  row: nothing,
});

export interface MigrateOptions {
  readonly log: Log;
  /** Other than the program's own only in tests. */
  readonly migrations?: readonly Migration[];
}

/** @throws UnfitDatabase when a newer program was here, or a released migration was changed. */
export async function migrate(connection: Connection, options: MigrateOptions): Promise<void> {
  // A migration may take its time; only connecting is bounded.
  const client = new Client({
    ...clientConfig(connection, 'capstan-migrate'),
    statement_timeout: 0,
    query_timeout: 0,
    idle_in_transaction_session_timeout: 0,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('BEGIN');
    await migrateOn(queryableOn(client), options);
    await client.query('COMMIT');
  } catch (error) {
    throw asRefusal(error);
  } finally {
    // Ends the transaction too, when it did not come to its commit.
    await client.end().catch(() => undefined);
  }
}

async function migrateOn(on: Queryable, { log, migrations = MIGRATIONS }: MigrateOptions): Promise<void> {
  await on.execute(`SELECT pg_advisory_xact_lock(${LOCK})`);
  await on.execute(CREATE_RECORD);
  const applied = await on.run(listApplied, undefined);
  if (applied.length > 0) await checkWriter(on);
  for (const done of applied) checkUnchanged(done, migrations);
  const missing = migrations.filter(({ number }) => !applied.some((done) => done.number === number));
  for (const migration of missing) {
    log.info({ migration: migration.number }, `the database is migrated: ${migration.name}`);
    await on.execute(migration.sql);
    await on.run(record, migration);
  }
  if (missing.length > 0) await on.run(raiseMinWriter, Math.max(...missing.map((m) => m.minWriter)));
}

/** Ones that are not known here come from a newer program, which has left room for this one to write. */
function checkUnchanged(done: AppliedRow, migrations: readonly Migration[]): void {
  const known = migrations.find(({ number }) => number === done.number);
  if (!known || checksumOf(known) === done.checksum) return;
  throw new UnfitDatabase('ChangedMigration', {
    message: `migration ${done.number} (${done.name}) is not the one that this database was made with`,
    next: 'Run a released program; a migration that was applied is never changed.',
  });
}

function checksumOf({ name, sql }: Migration): string {
  return createHash('sha256').update(`${name}\n${sql}`).digest('hex');
}
