/**
 * The binaries are run from a copy: the package may be unreadable for the database's user,
 * read-only (so that the library links that its install script would make cannot be made), or
 * replaced by an upgrade while PostgreSQL runs from it.
 *
 * The copy appears by a rename, so that starters may race. It is not synced; instead its sizes
 * are checked at each start, because a power cut leaves files of a wrong size.
 */
import { randomBytes } from 'node:crypto';
import { constants, lstatSync } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { codeOf, EmbeddedPostgresError, messageOf } from './errors.ts';
import type { PostgresPackage } from './find-package.ts';

export interface Runtime {
  readonly initdb: string;
  readonly postgres: string;
  /** 18 */
  readonly major: number;
}

const LIST = 'files.json';
const LINKS = 'pg-symlinks.json';
/** How long a draft that nobody finished is left alone, in milliseconds. */
const DRAFT_AGE = 10 * 60_000;

/** Path below the runtime → size in bytes. */
type FileList = Readonly<Record<string, number>>;

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/** Makes the copy when it is missing or damaged. `onCopy` is called before work that takes time. */
export async function prepareRuntime(
  from: PostgresPackage,
  runtimeDir: string,
  onCopy: () => void = () => {},
): Promise<Runtime> {
  const place = join(runtimeDir, `postgres-${from.version}`);
  try {
    if (!(await isWhole(place))) {
      onCopy();
      await replace(place, from.native);
    }
  } catch (cause) {
    throw new EmbeddedPostgresError('RuntimeUnusable', {
      message: `cannot copy the PostgreSQL binaries to ${place}: ${messageOf(cause)}`,
      next: 'Check that there is room (60 MB) and that this user may write there.',
      cause,
    });
  }
  return runtimeAt(place, Number.parseInt(from.version, 10));
}

export function runtimeAt(place: string, major: number): Runtime {
  return { initdb: join(place, 'bin', 'initdb'), postgres: join(place, 'bin', 'postgres'), major };
}

export async function isWhole(place: string): Promise<boolean> {
  const list = Object.entries(await readList(place));
  // Synchronous: a thousand of them take 4 ms this way, 40 ms through the thread pool.
  return (
    list.length > 0 &&
    list.every(([path, size]) => lstatSync(join(place, path), { throwIfNoEntry: false })?.size === size)
  );
}

/** Empty when it is missing or was cut short. */
async function readList(place: string): Promise<FileList> {
  try {
    return JSON.parse(await readFile(join(place, LIST), 'utf8')) as FileList;
  } catch {
    return {};
  }
}

async function replace(place: string, native: string): Promise<void> {
  const runtimeDir = dirname(place);
  await mkdir(runtimeDir, { recursive: true });
  await letEveryoneIn(runtimeDir);
  await removeOldDrafts(runtimeDir);
  const draft = `${place}.${randomBytes(6).toString('hex')}`;
  try {
    await fill(draft, native);
    await moveIntoPlace(draft, place);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Only what is ours; a shared directory of someone else has the mode it has. */
async function letEveryoneIn(dir: string): Promise<void> {
  const seen = await stat(dir);
  if (seen.uid === process.getuid?.() && (seen.mode & 0o111) !== 0o111) await chmod(dir, seen.mode | 0o111);
}

async function removeOldDrafts(runtimeDir: string): Promise<void> {
  for (const name of await readdir(runtimeDir)) {
    if (!/^postgres-.*\.[0-9a-f]{12}$/.test(name)) continue;
    const path = join(runtimeDir, name);
    const seen = await stat(path).catch(() => undefined);
    if (seen && Date.now() - seen.mtimeMs > DRAFT_AGE) await rm(path, { recursive: true, force: true });
  }
}

/** Another starter may have been faster: then its copy stays. A damaged one makes way. */
async function moveIntoPlace(draft: string, place: string): Promise<void> {
  try {
    await rename(draft, place);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
    if (await isWhole(place)) return;
    const damaged = `${place}.${randomBytes(6).toString('hex')}`;
    await rename(place, damaged);
    await rename(draft, place);
    await rm(damaged, { recursive: true, force: true });
  }
}

async function fill(draft: string, native: string): Promise<void> {
  const entries = (await readdir(native, { recursive: true, withFileTypes: true })).map((entry) => ({
    path: relative(native, join(entry.parentPath, entry.name)),
    isDirectory: entry.isDirectory(),
  }));
  await makeDirectory(draft);
  // Parents come before what is in them.
  for (const { path } of entries.filter((entry) => entry.isDirectory).sort(byPath)) {
    await makeDirectory(join(draft, path));
  }
  const files = entries.filter((entry) => !entry.isDirectory && isNeeded(entry.path));
  const sizes = await Promise.all(files.map(({ path }) => copyOne(native, draft, path)));
  await makeLinks(draft);
  await writeFile(join(draft, LIST), JSON.stringify(Object.fromEntries(sizes)), { mode: 0o644 });
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : 1;
}

/** chmod: the umask may have hidden it from the database's user. */
async function makeDirectory(path: string): Promise<void> {
  await mkdir(path);
  await chmod(path, 0o755);
}

/** Static libraries are for those who compile against PostgreSQL. */
function isNeeded(path: string): boolean {
  return !path.endsWith('.a') && !path.endsWith('.pc');
}

async function copyOne(native: string, draft: string, path: string): Promise<[string, number]> {
  const target = join(draft, path);
  await copyFile(join(native, path), target, constants.COPYFILE_FICLONE);
  await chmod(target, path.startsWith('share') || path === LINKS ? 0o644 : 0o755);
  return [path, (await stat(target)).size];
}

/** What the package's install script does: `libpq.so.5` → `libpq.so.5.18`, … npm packs no links. */
async function makeLinks(draft: string): Promise<void> {
  const text = await readFile(join(draft, LINKS), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as LibraryLink[]) {
    const path = join(draft, relative('native', target));
    await rm(path, { force: true });
    await symlink(relative(dirname(target), source), path);
  }
}
