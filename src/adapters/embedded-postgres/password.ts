/** The database's password: random, kept in one file, never in an argument, a variable or a log. */
import { randomBytes } from 'node:crypto';
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { ClusterPaths, UserIds } from './embedded-postgres.ts';
import { codeOf, EmbeddedPostgresError } from './errors.ts';

const BYTES = 32;

/** Makes it; one that is there already stays. The file belongs to the database's user: initdb reads it. */
export async function makePassword(paths: ClusterPaths, user: UserIds | undefined): Promise<string> {
  const known = await readOrNothing(paths.password);
  if (known) return known;
  const password = randomBytes(BYTES).toString('base64url');
  const draft = `${paths.password}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, password, { mode: 0o600, flush: true });
  if (user) await chown(draft, user.uid, user.gid);
  await rename(draft, paths.password);
  return password;
}

/** @throws EmbeddedPostgresError `PasswordMissing` */
export async function readPassword(paths: ClusterPaths): Promise<string> {
  const known = await readOrNothing(paths.password);
  if (known) return known;
  throw new EmbeddedPostgresError('PasswordMissing', {
    message: `there is a database in ${paths.data}, but ${paths.password} is missing or empty`,
    next: 'Restore the file from the backup that the data directory came from.',
  });
}

/** The database and its password file do not belong together. */
export function passwordMismatch({ data, password }: ClusterPaths): EmbeddedPostgresError {
  return new EmbeddedPostgresError('PasswordMismatch', {
    message: `PostgreSQL in ${data} does not accept the password in ${password}`,
    next: 'Restore the file from the backup that the data directory came from.',
  });
}

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
