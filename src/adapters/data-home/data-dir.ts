/** The directory that the person named: where it is by default, and with which mode it is kept. */
import { chmod, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { DataHomeError } from './errors.ts';
import { LOCK_FILE } from './instance-lock.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `$XDG_DATA_HOME/capstan`, or `~/.local/share/capstan`. */
export function defaultDataDir(env: Environment): string {
  const xdg = env.XDG_DATA_HOME;
  // The XDG specification: a relative path is invalid and must be ignored.
  if (xdg?.startsWith('/')) return join(xdg, 'capstan');
  return join(env.HOME || homedir(), '.local', 'share', 'capstan');
}

export interface DataDir {
  /** The real path: links are followed. */
  readonly path: string;
  /**
   * Whether its mode is ours to set: it is this user's, and held nothing of others when Capstan
   * came. `--data ~` must not open a person's home to everyone.
   */
  readonly modeIsOurs: boolean;
}

/** Makes the directory when it is missing, private. */
export async function prepareDataDir(dir: string, uid: number): Promise<DataDir> {
  try {
    await mkdir(resolve(dir), { recursive: true, mode: 0o700 });
    const path = await realpath(dir);
    const owned = (await stat(path)).uid === uid;
    return { path, modeIsOurs: owned && (await isCapstans(path)) };
  } catch (error) {
    throw new DataHomeError('DataDirUnusable', {
      message: `cannot use ${dir}: ${error instanceof Error ? error.message : String(error)}`,
      next: 'Choose a directory that this user may write in with --data.',
      cause: error,
    });
  }
}

async function isCapstans(path: string): Promise<boolean> {
  const names = await readdir(path);
  return names.length === 0 || names.includes(LOCK_FILE);
}

/** Sets the mode if it is ours to set, and if it differs. */
export async function setDataDirMode(dir: DataDir, mode: number): Promise<void> {
  if (!dir.modeIsOurs) return;
  const seen = await stat(dir.path);
  if ((seen.mode & 0o777) !== mode) await chmod(dir.path, mode);
}
