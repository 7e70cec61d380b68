/** Directories that are still there after a power cut: a new entry lasts once its folder is synced. */
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes an absolute path with all that it lies in, and syncs each folder that got a new entry. */
export async function makeDirs(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDir(dirname(made));
}

export async function syncDir(path: string): Promise<void> {
  const dir = await open(path, 'r');
  try {
    await dir.sync();
  } finally {
    await dir.close();
  }
}
