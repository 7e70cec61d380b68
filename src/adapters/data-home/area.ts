/**
 * A place that every user can reach, for the parts of a data directory that PostgreSQL and jobs
 * need when Capstan is root and the directory itself lies where only root can go.
 *
 * The data directory points to its area by a record that names the area's id; where both are on
 * one file system the record is one file with two names, so that a directory that was moved still
 * counts as pointing, and one that was deleted certainly does not.
 */
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataDirHeld, DataHomeError, systemCode } from './errors.ts';
import { LOCK_FILE } from './instance-lock.ts';
import { type KernelLock, tryKernelLock } from './kernel-lock.ts';

export const AREAS_ROOT = '/var/lib/capstan';
export const RECORD_FILE = 'area.json';
const AREA_ID = /^[0-9a-f]{16}$/;

export interface AreaRecord {
  readonly id: string;
  /** The data directory that the area belongs to, by real path. */
  readonly dir: string;
  /** The directory above it: tells a deleted data directory from one that is not mounted. */
  readonly parent: { readonly dev: number; readonly ino: number };
  /** Whether the record in the data directory is the same file as the one in the area. */
  readonly linked: boolean;
}

export interface Area {
  readonly path: string;
  readonly lock: KernelLock;
}

/** Opens the area that the directory points to, or makes one. The directory's own lock must be held. */
export async function openArea(dir: string, root: string): Promise<Area> {
  const known = await readRecord(dir);
  return known ? reopenArea(known, dir, root) : makeArea(dir, root);
}

/** The record in a data directory or an area; undefined when there is none that can be read. */
export async function readRecord(dir: string): Promise<AreaRecord | undefined> {
  const text = await readFile(join(dir, RECORD_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as AreaRecord;
    return AREA_ID.test(record.id) ? record : undefined;
  } catch {
    return undefined;
  }
}

async function makeArea(dir: string, root: string): Promise<Area> {
  const id = randomBytes(8).toString('hex');
  const path = join(root, id);
  await mkdir(root, { recursive: true });
  await chmod(root, 0o711);
  await mkdir(path);
  await chmod(path, 0o711);
  const lock = lockArea(path, dir);
  await bind({ id, dir, path });
  return { path, lock };
}

async function reopenArea(known: AreaRecord, dir: string, root: string): Promise<Area> {
  const path = join(root, known.id);
  const there = await readRecord(path);
  if (there?.id !== known.id) throw missing(dir, path);
  const lock = lockArea(path, dir);
  // Moved, or restored as a copy: pruning goes by what the area says.
  if (there.dir !== dir || !(await sameFile(dir, path))) await bind({ id: known.id, dir, path });
  return { path, lock };
}

function missing(dir: string, path: string): DataHomeError {
  return new DataHomeError('AreaMissing', {
    message: `${dir} keeps its database in ${path}, which is not there`,
    next: `Restore ${path}, or delete ${join(dir, RECORD_FILE)} to start with an empty database.`,
  });
}

function lockArea(path: string, dir: string): KernelLock {
  const lock = tryKernelLock(join(path, LOCK_FILE));
  // Two data directories with one area: one is a copy of the other.
  if (!lock) throw new DataDirHeld(`${path} (the database of ${dir})`);
  return lock;
}

interface Binding {
  readonly id: string;
  readonly dir: string;
  readonly path: string;
}

/**
 * Writes the record on both sides. The area's side first: at no moment does an area name a
 * directory that does not point to it while the file has a single name.
 */
async function bind({ id, dir, path }: Binding): Promise<void> {
  const parent = await stat(dirname(dir));
  const record = { id, dir, parent: { dev: parent.dev, ino: parent.ino } };
  const [here, there] = [join(path, `${RECORD_FILE}.new`), join(dir, `${RECORD_FILE}.new`)];
  await rm(there, { force: true });
  await writeRecord(here, { ...record, linked: true });
  if (!(await tryLink(here, there))) {
    await writeRecord(here, { ...record, linked: false });
    await copyFile(here, there);
  }
  await rename(here, join(path, RECORD_FILE));
  await rename(there, join(dir, RECORD_FILE));
}

function writeRecord(file: string, record: AreaRecord): Promise<void> {
  return writeFile(file, `${JSON.stringify(record)}\n`, { mode: 0o600, flush: true });
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK'].includes(systemCode(error) ?? '')) return false;
    throw error;
  }
}

/** One file with two names, or a record that says it could not be. */
async function sameFile(dir: string, path: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(join(dir, RECORD_FILE)), stat(join(path, RECORD_FILE))]);
  if (a.ino === b.ino && a.dev === b.dev) return true;
  return (await readRecord(path))?.linked === false;
}
