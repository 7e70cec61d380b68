/** A database of one's own: its URL, and its password where that stands in a file of its own. */
import { readFile } from 'node:fs/promises';
import { passwordOf, type ReadPasswords, withPassword } from '../../adapters/postgres/rotation.ts';
import { UsageError } from '../../cli/errors.ts';
import type { Settings } from './schema.ts';

export interface OwnDatabase {
  readonly url: string;
  /** Where the password is in a file: what it is now. */
  readonly passwords?: ReadPasswords | undefined;
}

type Named = Pick<Settings, 'databaseUrl' | 'databaseUrlFile' | 'databasePasswordFile'>;

/** Undefined when none is named. @throws UsageError for a file that cannot be read, or two passwords */
export async function ownDatabaseOf(settings: Named): Promise<OwnDatabase | undefined> {
  const { databaseUrl, databaseUrlFile, databasePasswordFile } = settings;
  const url = databaseUrlFile === undefined ? databaseUrl : await textOf('databaseUrlFile', databaseUrlFile);
  if (url === undefined) return undefined;
  if (databasePasswordFile !== undefined) return withPasswordFile(url, databasePasswordFile);
  if (databaseUrlFile === undefined) return { url };
  const passwords = async () => present(passwordOf(await textOf('databaseUrlFile', databaseUrlFile)));
  return { url, passwords };
}

async function withPasswordFile(url: string, file: string): Promise<OwnDatabase> {
  if (passwordIn(url)) {
    throw new UsageError(
      'the database URL holds a password, and databasePasswordFile names one',
      'Leave the password out of the URL.',
    );
  }
  const read = () => textOf('databasePasswordFile', file);
  const password = await read();
  if (password === '') throw new UsageError(`the databasePasswordFile ${file} is empty`);
  return { url: String(withPassword(url, password)), passwords: async () => present(await read()) };
}

/** Of the URL alone: `pg` would also look at PGPASSWORD. */
function passwordIn(url: string): boolean {
  return /^[a-z]+:\/\/[^/?#@]*:[^/?#]*@/i.test(url) || /[?&]password=/.test(url);
}

function present(password: string | undefined): readonly string[] {
  return password ? [password] : [];
}

async function textOf(name: string, path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read the ${name} ${path}: ${error.code}`, undefined, error);
  });
  return text.trim();
}
