/** What can be seen of a database from outside, for `capstan doctor`: it changes nothing and takes no lock. */
import { Client } from 'pg';
import { type Connection, clientConfig } from './connection.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { asRefusal } from './unavailable.ts';

export interface DatabaseFacts {
  /** `18.4` */
  readonly version: string;
  /** As `server_version_num` counts. */
  readonly versionNumber: number;
  readonly fsync: boolean;
  readonly synchronousCommit: string;
  /** Its clock less ours, milliseconds. */
  readonly skew: number;
  /** Names of migrations that this program has and the database has not. */
  readonly missing: readonly string[];
  /** Numbers of migrations that only the database has. */
  readonly unknown: readonly number[];
  /** Transactions that are open for longer than five minutes: they hold cursors and cleaning back. */
  readonly long: readonly { readonly pid: number; readonly seconds: number; readonly program: string }[];
  /** Of the given uids those that are jobs which have not ended. */
  readonly live: readonly string[];
}

const SETTINGS = `
  SELECT current_setting('server_version') AS version,
         current_setting('server_version_num')::integer AS number,
         current_setting('fsync') = 'on' AS fsync,
         current_setting('synchronous_commit') AS synchronous_commit,
         extract(epoch FROM clock_timestamp()) * 1000 AS now,
         to_regclass('migration') IS NOT NULL AS migrated,
         to_regclass('job') IS NOT NULL AS has_jobs`;

const LONG = `
  SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::integer AS seconds, application_name AS program
    FROM pg_stat_activity
   WHERE datname = current_database() AND xact_start < clock_timestamp() - interval '5 minutes'
   ORDER BY xact_start LIMIT 10`;

/** @throws Refused `store.unavailable`; UnfitDatabase for one that may not be connected to */
export async function examineDatabase(
  connection: Connection,
  { jobs, now }: { readonly jobs: readonly string[]; readonly now: () => number },
): Promise<DatabaseFacts> {
  const client = new Client(clientConfig(connection, 'capstan-doctor'));
  client.on('error', () => undefined);
  try {
    await client.connect();
    const before = now();
    const { rows } = await client.query(SETTINGS);
    const middle = (before + now()) / 2;
    const [found] = rows;
    const applied: number[] = found.migrated ? await numbers(client) : [];
    const live = found.has_jobs ? await liveOf(client, jobs) : [];
    return {
      version: found.version,
      versionNumber: found.number,
      fsync: found.fsync,
      synchronousCommit: found.synchronous_commit,
      skew: Number(found.now) - middle,
      missing: MIGRATIONS.filter(({ number }) => !applied.includes(number)).map(({ name }) => name),
      unknown: applied.filter((number) => !MIGRATIONS.some((known) => known.number === number)),
      long: (await client.query(LONG)).rows,
      live,
    };
  } catch (error) {
    throw asRefusal(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function numbers(client: Client): Promise<number[]> {
  return (await client.query('SELECT number FROM migration')).rows.map(({ number }) => number);
}

async function liveOf(client: Client, jobs: readonly string[]): Promise<string[]> {
  const { rows } = await client.query('SELECT uid::text FROM job WHERE uid::text = ANY($1)', [jobs]);
  return rows.map(({ uid }) => uid);
}
