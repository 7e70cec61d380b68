/** The embedded PostgreSQL of `capstan up`, without Capstan: so that a bench can also reach it by itself. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDataHome } from '../../src/adapters/data-home/open-data-home.ts';
import type { ConnectionConfig } from '../../src/adapters/embedded-postgres/embedded-postgres.ts';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres/start-embedded-postgres.ts';

export interface BenchDatabase extends AsyncDisposable {
  readonly config: ConnectionConfig;
  /** For CAPSTAN_DATABASE_URL. */
  readonly url: string;
}

/** As `capstan up` starts it, with the same settings. */
export async function startDatabase(dir: string): Promise<BenchDatabase> {
  mkdirSync(dir);
  const home = await openDataHome({ dir });
  const { config, stop } = await startEmbeddedPostgres({
    postgresDir: home.postgresDir,
    runDir: home.runDir,
    runtimeDir: join(home.home, 'runtime'),
    user: home.users.postgres,
  });
  const { host, port, user, password, database } = config;
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return {
    config,
    url: `postgres://${login}@/${database}?host=${encodeURIComponent(host)}&port=${port}`,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await home.close();
    },
  };
}
