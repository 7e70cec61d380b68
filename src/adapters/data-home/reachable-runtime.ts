/**
 * A Node binary that the jobs' user can execute. Capstan may run from root's home or a version
 * manager's directory, where others cannot go.
 */
import { chmod, constants, copyFile, mkdir, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { grants, parentsTraversable } from './traversable.ts';
import type { UserIds } from './users.ts';

/** Read and execute. */
const RUNNABLE = 0o5;

/** Returns the path of this Node, or of a copy of it below `home`. Without a user: this Node. */
export async function reachableRuntime(
  { home }: { readonly home: string },
  jobUser?: UserIds,
  execPath = process.execPath,
): Promise<string> {
  if (!jobUser) return execPath;
  const real = await realpath(execPath);
  if ((await grants(real, jobUser, RUNNABLE)) && (await parentsTraversable(real, jobUser))) return execPath;
  return copied(real, home);
}

async function copied(source: string, home: string): Promise<string> {
  const target = join(home, 'runtime', 'node');
  if (await isCopyOf(source, target)) return target;
  await mkdir(join(home, 'runtime'), { recursive: true });
  await chmod(join(home, 'runtime'), 0o755);
  // Always by the same name: a killed copy does not pile up. The data home's lock keeps others away.
  const draft = `${target}.new`;
  await copyFile(source, draft, constants.COPYFILE_FICLONE);
  await chmod(draft, 0o755);
  const { atime, mtime } = await stat(source);
  await utimes(draft, atime, mtime);
  // A rename, because the old copy may be running.
  await rename(draft, target).finally(() => rm(draft, { force: true }));
  return target;
}

/** Same size and time: the copy carries the time of its source. */
async function isCopyOf(source: string, target: string): Promise<boolean> {
  const copy = await stat(target).catch(() => undefined);
  if (!copy) return false;
  const original = await stat(source);
  return (
    copy.size === original.size && Math.floor(copy.mtimeMs / 1000) === Math.floor(original.mtimeMs / 1000)
  );
}
