/** The embedded database of a data home: how its parts are found, whoever starts it. */
import { join } from 'node:path';
import type { DataHome } from '../adapters/data-home/open-data-home.ts';
import type {
  EmbeddedPostgres,
  EmbeddedPostgresOptions,
} from '../adapters/embedded-postgres/embedded-postgres.ts';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/start-embedded-postgres.ts';
import { runtimeOfCluster } from '../adapters/embedded-postgres/upgrade.ts';

export type Say = (line: string) => void;

/** Says what takes its time, a line each. */
export function databaseOptions(home: DataHome, say: Say): EmbeddedPostgresOptions {
  return {
    postgresDir: home.postgresDir,
    runDir: home.runDir,
    runtimeDir: join(home.home, 'runtime'),
    user: home.users.postgres,
    onProgress: ({ phase, message }) => phase !== 'ready' && say(message),
  };
}

export function startDatabase(home: DataHome, say: Say): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres(databaseOptions(home, say));
}

/** As it is: one that an older major version made is run by that one's binaries, where there are any. */
export async function startDatabaseAsItIs(home: DataHome, say: Say): Promise<EmbeddedPostgres> {
  const options = databaseOptions(home, say);
  return startEmbeddedPostgres({ ...options, runtime: await runtimeOfCluster(options) });
}
