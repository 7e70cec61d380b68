/**
 * A short private directory for Unix sockets: their paths hold 107 bytes at most, so they cannot
 * stand in the data directory. Its name follows from the data directory, so that what outlived a
 * crash is found again.
 */
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataHomeError, systemCode } from './errors.ts';

/** The longest run directory in bytes: leaves room for `/pg/.s.PGSQL.5432` and names of that length. */
export const LONGEST_RUN_DIR = 75;

export interface RunDirPlace {
  /** The real path of the data directory. */
  readonly dir: string;
  readonly root: boolean;
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Makes the directory in the first place that is short, ours and writable. */
export async function openRunDir(place: RunDirPlace, bases = runBases(place)): Promise<string> {
  const id = createHash('sha256').update(place.dir).digest('hex').slice(0, 10);
  const mode = place.root ? 0o711 : 0o700;
  const failures: string[] = [];
  for (const base of bases) {
    const path = join(base, id);
    const failure = await prepare(path, mode, place.uid);
    if (failure === undefined) return path;
    failures.push(failure);
  }
  throw new DataHomeError('RunDirUnusable', {
    message: `no directory for sockets could be made: ${failures.join('; ')}`,
    next: 'Set XDG_RUNTIME_DIR to a short private directory of this user.',
  });
}

/** Where run directories may stand, best first. Root needs a place that the database's user can enter. */
export function runBases({ root, uid, env }: RunDirPlace): readonly string[] {
  const fallback = `/tmp/capstan-${uid}`;
  if (root) return ['/run/capstan', fallback];
  const session = env.XDG_RUNTIME_DIR;
  return session?.startsWith('/') ? [join(session, 'capstan'), fallback] : [fallback];
}

/** Says why the path will not do, or nothing. */
async function prepare(path: string, mode: number, uid: number): Promise<string | undefined> {
  if (Buffer.byteLength(path) > LONGEST_RUN_DIR) return `${path} is too long for a socket`;
  const base = dirname(path);
  try {
    for (const dir of [base, path]) {
      await makePrivate(dir, mode);
      if (!(await isPrivate(dir, uid))) return `${dir} belongs to another user, or others may write in it`;
      // What mkdir gave may be less than asked for: the umask.
      await chmod(dir, mode);
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Not recursive: a missing parent means that the place does not exist on this machine. */
async function makePrivate(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

/** In /tmp anyone can have made the name before us, also as a link. */
async function isPrivate(path: string, uid: number): Promise<boolean> {
  const seen = await lstat(path);
  return seen.isDirectory() && seen.uid === uid && (seen.mode & 0o022) === 0;
}

/** Removes the directory, and its base, when they are empty: what someone still uses stays. */
export async function closeRunDir(path: string): Promise<void> {
  for (const dir of [path, dirname(path)]) {
    const left = await rmdir(dir).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (left !== undefined) return;
  }
}
