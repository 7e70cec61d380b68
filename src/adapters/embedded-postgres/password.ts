/** The database's password: random, kept in one file, never in an argument, a variable or a log. */
import { randomBytes } from 'node:crypto';
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type ClusterPaths, clusterPaths, type UserIds } from './embedded-postgres.ts';
import { codeOf, EmbeddedPostgresError } from './errors.ts';

const BYTES = 32;

/** Makes it; one that is there already stays. The file belongs to the database's user: initdb reads it. */
export async function makePassword(paths: ClusterPaths, user: UserIds | undefined): Promise<string> {
  const known = await readOrNothing(paths.password);
  if (known) return known;
  const password = newPassword();
  await writeWhole(paths.password, password, user);
  return password;
}

/** 256 bits. */
export function newPassword(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** Durable, and whole or not at all. */
export async function writeWhole(path: string, text: string, owner: UserIds | undefined): Promise<void> {
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, text, { mode: 0o600, flush: true });
  if (owner) await chown(draft, owner.uid, owner.gid);
  await rename(draft, path);
}

/** What the password may be now, most likely first: while it is replaced there are two. */
export async function passwordsOf(postgresDir: string): Promise<readonly string[]> {
  const { password, nextPassword } = clusterPaths(postgresDir, '');
  const found = await Promise.all([password, nextPassword].map(readOrNothing));
  return found.filter((text) => text !== undefined);
}

/** Ends a replacement that was cut off after the database had taken the new one; false when there is none. */
export async function takeNextPassword({ password, nextPassword }: ClusterPaths): Promise<boolean> {
  if ((await readOrNothing(nextPassword)) === undefined) return false;
  await rename(nextPassword, password);
  return true;
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
