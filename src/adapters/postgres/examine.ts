/** What can be seen of a database from outside, for `capstan doctor`: it changes nothing and takes no lock. */
import { Client } from 'pg';
import type { DatabaseFacts } from '../../core/doctor/facts.ts';
import { type Connection, clientConfig } from './connection.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { asRefusal } from './unavailable.ts';

export interface Examined extends DatabaseFacts {
  /** Of the given uids those that are jobs which have not ended. */
  readonly live: readonly string[];
}

export const SETTINGS = `
  SELECT current_setting('server_version') AS version,
         current_setting('server_version_num')::integer AS number,
         current_setting('fsync') = 'on' AS fsync,
         current_setting('synchronous_commit') AS synchronous_commit,
         extract(epoch FROM clock_timestamp()) * 1000 AS now,
         to_regclass('migration') IS NOT NULL AS migrated,
         to_regclass('job') IS NOT NULL AS has_jobs`;

/** What is called long, seconds. */
export const LONG_AFTER = 300;

export const LONG = `
  SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::integer AS seconds, application_name AS program,
         query_id::text AS query_id, backend_xmin IS NOT NULL OR backend_xid IS NOT NULL AS holds_vacuum
    FROM pg_stat_activity
   WHERE datname = current_database() AND xact_start < clock_timestamp() - make_interval(secs => $1)
     AND pid <> pg_backend_pid()
   ORDER BY xact_start LIMIT 10`;

/** @throws Refused `store.unavailable`; UnfitDatabase for one that may not be connected to */
export async function examineDatabase(
  connection: Connection,
  { jobs, now }: { readonly jobs: readonly string[]; readonly now: () => number },
): Promise<Examined> {
  const client = new Client(clientConfig(connection, 'capstan-doctor'));
  client.on('error', () => undefined);
  try {
    await client.connect();
    const before = now();
    const { rows } = await client.query(SETTINGS);
    const after = now();
    const [found] = rows;
    const applied: number[] = found.migrated ? await numbers(client) : [];
    const live = found.has_jobs ? await liveOf(client, jobs) : [];
    return {
      version: found.version,
      versionNumber: found.number,
      fsync: found.fsync,
      synchronousCommit: found.synchronous_commit,
      skew: skewOf(Number(found.now), before, after),
      ...migrationsOf(applied),
      long: (await client.query(LONG, [LONG_AFTER])).rows.map(({ query_id, holds_vacuum, ...rest }) => ({
        ...rest,
        queryId: query_id ?? undefined,
        holdsVacuum: holds_vacuum,
      })),
      live,
    };
  } catch (error) {
    throw asRefusal(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The clock there less the middle of the question here, milliseconds. */
export function skewOf(there: number, before: number, after: number): number {
  return there - (before + after) / 2;
}

/** @param applied numbers of those that the database has */
export function migrationsOf(applied: readonly number[]): Pick<DatabaseFacts, 'missing' | 'unknown'> {
  return {
    missing: MIGRATIONS.filter(({ number }) => !applied.includes(number)).map(({ name }) => name),
    unknown: applied.filter((number) => !MIGRATIONS.some((known) => known.number === number)),
  };
}

async function numbers(client: Client): Promise<number[]> {
  return (await client.query('SELECT number FROM migration')).rows.map(({ number }) => number);
}

async function liveOf(client: Client, jobs: readonly string[]): Promise<string[]> {
  const { rows } = await client.query('SELECT uid::text FROM job WHERE uid::text = ANY($1)', [jobs]);
  return rows.map(({ uid }) => uid);
}
