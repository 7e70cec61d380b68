/** How to reach a database that another Capstan runs: as one more client, by its socket and its password. */
import { realpath } from 'node:fs/promises';
import { type ConnectionConfig, clusterPaths } from './embedded-postgres.ts';
import { connectionTo } from './launch-context.ts';
import { readPassword } from './password.ts';
import { readPostmasterFile } from './postmaster-file.ts';

/** Undefined when none runs there, or it is not ready. @throws EmbeddedPostgresError `PasswordMissing` */
export async function findRunningPostgres(postgresDir: string): Promise<ConnectionConfig | undefined> {
  // The run directory matters to who starts one: a running one says itself where its socket is.
  const paths = clusterPaths(await realpath(postgresDir), '');
  const file = await readPostmasterFile(paths.data);
  if (file?.status !== 'ready') return undefined;
  return connectionTo(file.socketDir, await readPassword(paths));
}
