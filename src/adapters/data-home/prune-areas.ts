/**
 * Removes areas whose data directory was deleted. An area holds a database: when in doubt it
 * stays. It goes only if nothing points to it, nobody holds its lock, and no process works in it.
 */
import { readdir, readlink, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { type AreaRecord, RECORD_FILE, readRecord } from './area.ts';
import { LOCK_FILE } from './instance-lock.ts';
import { tryKernelLock } from './kernel-lock.ts';

const DAY = 24 * 3600 * 1000;
/**
 * How long an area stays that its directory, on another file system, no longer points to, in
 * milliseconds: there a directory that was moved looks like one that was deleted.
 */
const GRACE_ACROSS_FILE_SYSTEMS = 7 * DAY;
/** How long an area without a record stays: its maker may be about to write it. */
const GRACE_WITHOUT_RECORD = DAY / 24;

/** Returns the paths that were removed. */
export async function pruneAreas(root: string, now: Date): Promise<readonly string[]> {
  const names = await readdir(root).catch(() => []);
  const removed: string[] = [];
  for (const name of names) {
    const path = join(root, name);
    if (/^[0-9a-f]{16}$/.test(name) && (await prune(path, now))) removed.push(path);
  }
  return removed;
}

/** Those that would be removed, but for what is going on in them. */
export async function abandonedAreas(root: string, now: Date): Promise<readonly string[]> {
  const names = await readdir(root).catch(() => []);
  const paths = names.filter((name) => /^[0-9a-f]{16}$/.test(name)).map((name) => join(root, name));
  const abandoned = await Promise.all(paths.map((path) => isAbandoned(path, now)));
  return paths.filter((_, index) => abandoned[index]);
}

async function prune(path: string, now: Date): Promise<boolean> {
  if (!(await isAbandoned(path, now))) return false;
  const lock = tryKernelLock(join(path, LOCK_FILE));
  if (!lock) return false;
  try {
    // Once more under the lock: its directory may have been bound to it meanwhile.
    if (!(await isAbandoned(path, now)) || (await hasProcesses(path))) return false;
    await rm(path, { recursive: true, force: true });
    return true;
  } finally {
    lock.release();
  }
}

async function isAbandoned(path: string, now: Date): Promise<boolean> {
  const record = await readRecord(path);
  if (!record) return (await ageOf(path, now)) > GRACE_WITHOUT_RECORD;
  if ((await readRecord(record.dir))?.id === record.id) return false;
  if (record.linked) return (await stat(join(path, RECORD_FILE))).nlink === 1;
  return (
    (await parentIsThere(record)) && (await ageOf(join(path, LOCK_FILE), now)) > GRACE_ACROSS_FILE_SYSTEMS
  );
}

/** Milliseconds since the path was last written; 0 when it cannot be told. */
async function ageOf(path: string, now: Date): Promise<number> {
  const seen = await stat(path).catch(() => undefined);
  return seen ? now.getTime() - seen.mtimeMs : 0;
}

/** False when the file system of the data directory is not mounted. */
async function parentIsThere({ dir, parent }: AreaRecord): Promise<boolean> {
  const seen = await stat(dirname(dir)).catch(() => undefined);
  return seen?.dev === parent.dev && seen.ino === parent.ino;
}

/** A database or a job that outlived its Capstan: it works in the area, or runs a program from it. */
async function hasProcesses(path: string): Promise<boolean> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const links = pids.flatMap((pid) => [`/proc/${pid}/cwd`, `/proc/${pid}/exe`]);
  const targets = await Promise.all(links.map((link) => readlink(link).catch(() => '')));
  return targets.some((target) => target === path || target.startsWith(path + sep));
}
