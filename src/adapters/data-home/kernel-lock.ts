/**
 * A lock on a file that the kernel gives back when its holder dies, however it dies. Node has no
 * flock; SQLite, which is part of Node, takes POSIX record locks: no stale lock can exist, no pid
 * is compared, two starters cannot both win, and child processes do not inherit it.
 *
 * Nothing in this process may open the lock file by other means: closing any descriptor of a file
 * drops all POSIX locks that the process has on it.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export interface KernelLock {
  /** Gives the lock back; repeating it is harmless. */
  release(): void;
}

const SQLITE_BUSY = 5;
/** The longest delay of a timer, in milliseconds. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Takes the lock without waiting: undefined when another process, or this one, has it. */
export function tryKernelLock(file: string): KernelLock | undefined {
  makePrivate(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return hold(database);
}

/** Who may read a lock file may hold a shared lock on it. `x`: a file that exists must not be opened. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function hold(database: DatabaseSync): KernelLock {
  // A database that nobody refers to is closed by the garbage collector, and the lock with it.
  const anchor = setInterval(() => database.isOpen, LONGEST_DELAY).unref();
  return {
    release() {
      clearInterval(anchor);
      if (database.isOpen) database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
