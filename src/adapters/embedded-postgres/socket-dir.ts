/** The directory of the database's socket, below the run directory and owned by the database's user. */
import { chmod, chown, mkdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PORT, type UserIds } from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './errors.ts';

/** What `sockaddr_un` holds, in bytes, with its closing zero; macOS has less. */
const LONGEST_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107;

const SOCKET = `.s.PGSQL.${PORT}`;

/** @throws EmbeddedPostgresError `SocketPathTooLong` */
export function checkSocketPath(socketDir: string): void {
  const length = Buffer.byteLength(join(socketDir, SOCKET));
  if (length <= LONGEST_SOCKET_PATH) return;
  throw new EmbeddedPostgresError('SocketPathTooLong', {
    message: `the socket's path in ${socketDir} would have ${length} bytes, ${LONGEST_SOCKET_PATH} are possible`,
    next: 'Give a shorter run directory.',
  });
}

export async function makeSocketDir(socketDir: string, user: UserIds | undefined): Promise<void> {
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  await chmod(socketDir, 0o700);
  if (user) await chown(socketDir, user.uid, user.gid);
}

/**
 * Removes what a dead postmaster left of its socket: here, and where it was if the run directory
 * has moved since. The place it names counts only if it is called as ours is.
 */
export async function removeSocket(socketDir: string, named = socketDir): Promise<void> {
  await removeFrom(socketDir);
  if (named !== socketDir && idOf(named) === idOf(socketDir)) {
    await removeFrom(named);
    await rmdir(dirname(named)).catch(() => {});
  }
}

function idOf(socketDir: string): string {
  return basename(dirname(socketDir));
}

/** The directory goes only if nothing else is in it. */
async function removeFrom(socketDir: string): Promise<void> {
  for (const name of [SOCKET, `${SOCKET}.lock`]) await rm(join(socketDir, name), { force: true });
  await rmdir(socketDir).catch(() => {});
}
