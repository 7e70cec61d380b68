/**
 * The runner's directory: what attempts it holds, how one is made and removed. Members own parts
 * of it, so what is removed is first moved out of their reach.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptRef } from '../../core/job/attempt.ts';
import { claimJson, type Launch, type RunAs, readJson } from './launch.ts';
import { attemptDir, jobDir, layoutOf } from './layout.ts';

const TRASH = '.trash';
const CACHE = '.cache';

/** Makes the root. Under it the members' user may pass to what is its own, and look at nothing else. */
export async function openStore(root: string, runAs: RunAs | undefined): Promise<void> {
  await makeDir(root, runAs);
  await mkdir(join(root, CACHE), { recursive: true, mode: 0o700 });
  await mkdir(join(root, TRASH), { recursive: true, mode: 0o700 });
  for (const left of await readdir(join(root, TRASH))) {
    await rm(join(root, TRASH, left), { recursive: true, force: true });
  }
}

export function cacheDir(root: string): string {
  return join(root, CACHE);
}

/** Writes down what is to run, unless that was done before. */
export async function addAttempt(root: string, launch: Launch): Promise<void> {
  const dir = attemptDir(root, launch.spec.ref);
  if (await writeLaunch(dir, root, launch)) return;
  if (readJson(layoutOf(dir).launch) !== undefined) return;
  // Half of one, as a power cut leaves it.
  await discard(root, dir);
  await writeLaunch(dir, root, launch);
}

async function writeLaunch(dir: string, root: string, launch: Launch): Promise<boolean> {
  await makeDir(jobDir(root, launch.spec.ref.job), launch.runAs);
  await makeDir(dir, launch.runAs);
  const layout = layoutOf(dir);
  await (await open(layout.journal, 'a', 0o600)).close();
  return claimJson(layout.launch, launch);
}

/** Directories of all attempts that were accepted; what was left half made is none. */
export async function findAttempts(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const job of await directories(root)) {
    for (const attempt of await directories(join(root, job))) {
      const dir = join(root, job, attempt);
      if (/^\d+$/.test(attempt) && readJson(layoutOf(dir).launch) !== undefined) found.push(dir);
    }
  }
  return found;
}

/** Removes an attempt, or all that is kept of its job. */
export async function removeAttempt(
  root: string,
  ref: AttemptRef,
  scope: { readonly job: boolean },
): Promise<void> {
  await discard(root, scope.job ? jobDir(root, ref.job) : attemptDir(root, ref));
}

async function discard(root: string, dir: string): Promise<void> {
  const out = join(root, TRASH, randomUUID());
  try {
    await rename(dir, out);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rm(out, { recursive: true, force: true });
}

async function directories(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}

/** The mode is set apart from the making, which the umask of this process would cut. */
async function makeDir(dir: string, runAs: RunAs | undefined): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (runAs !== undefined) await chmod(dir, 0o711);
}
