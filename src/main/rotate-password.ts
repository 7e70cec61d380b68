/** `capstan database rotate-password`: of the embedded database, while it runs or while it does not. */
import { resolve } from 'node:path';
import { defaultDataDir, type Environment } from '../adapters/data-home/data-dir.ts';
import { findDataHome } from '../adapters/data-home/find-data-home.ts';
import { openDataHome } from '../adapters/data-home/open-data-home.ts';
import { findRunningPostgres } from '../adapters/embedded-postgres/find-running.ts';
import { rotatePassword } from '../adapters/embedded-postgres/rotate-password.ts';
import { UsageError } from '../cli/errors.ts';
import { startDatabaseAsItIs } from './embedded-database.ts';

export interface RotatePasswordCommand {
  readonly data: string | undefined;
  readonly env: Environment;
  readonly cwd: string;
  readonly say: (line: string) => void;
}

/** Resolves with the data directory. @throws UsageError, DataHomeError, EmbeddedPostgresError: each says what to do */
export async function runRotatePassword({ data, env, cwd, say }: RotatePasswordCommand): Promise<string> {
  const dir = data === undefined ? defaultDataDir(env) : resolve(cwd, data);
  const found = await findDataHome(dir);
  if (!found) {
    throw new UsageError(
      `there is no embedded database in ${dir}`,
      'Name the data directory with --data. The password of a database of your own is replaced where it is kept: docs/operations.md.',
    );
  }
  if (await findRunningPostgres(found.postgresDir)) await rotatePassword(found.postgresDir);
  else await rotateStopped(dir, say);
  return found.dir;
}

async function rotateStopped(dir: string, say: (line: string) => void): Promise<void> {
  const home = await openDataHome({ dir });
  try {
    const postgres = await startDatabaseAsItIs(home, (message) => say(`${message} …`));
    try {
      await rotatePassword(home.postgresDir);
    } finally {
      await postgres.stop();
    }
  } finally {
    await home.close();
  }
}
