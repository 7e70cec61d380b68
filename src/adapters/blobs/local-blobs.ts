/**
 * Blobs as files below one directory. A blob is whole or not there: it is written beside, synced,
 * and renamed into place. Files end with `~`, which no key can hold, so a blob `a` and a blob
 * `a/b` stand side by side as in any object store.
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type BlobInfo, type BlobStore, blobPrefixSegments, blobSegments } from '../../ports/blob-store.ts';
import { makeDirs, syncDir } from './durable-dirs.ts';

/** Beside the blobs, out of reach of any key: what is being written, and what is being removed. */
const PENDING = '~pending';

/** What a crash left half-written is removed after this long; younger ones may be another process's. */
const STALE_MS = 24 * 3_600_000;

export interface LocalBlobsOptions {
  /** Made when it is not there. Nothing else may write into it. */
  readonly dir: string;
}

export function createLocalBlobs(options: LocalBlobsOptions): BlobStore {
  const dir = resolve(options.dir);
  const pending = join(dir, PENDING);
  let prepared: Promise<void> | undefined;
  const prepare = () => {
    prepared ??= makePending(pending).catch((error) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  };
  const fileOf = (key: string) => `${join(dir, ...blobSegments(key))}~`;
  return {
    async put(key, content) {
      const target = fileOf(key);
      await prepare();
      return writeWhole(content, { target, beside: unusedName(pending) });
    },
    async read(key, range) {
      return readRange(fileOf(key), checkedRange(range));
    },
    async stat(key) {
      return infoOf(fileOf(key));
    },
    async removeAll(prefix) {
      const target = join(dir, ...blobPrefixSegments(prefix));
      await prepare();
      await removeTree(target, unusedName(pending));
    },
  };
}

function unusedName(pending: string): string {
  return join(pending, crypto.randomUUID());
}

async function makePending(pending: string): Promise<void> {
  await makeDirs(pending);
  for (const name of await readdir(pending)) {
    const path = join(pending, name);
    const stat = await unlessMissing(lstat(path));
    if (stat && Date.now() - stat.mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}

async function writeWhole(
  content: AsyncIterable<Uint8Array>,
  { target, beside }: { target: string; beside: string },
): Promise<BlobInfo> {
  try {
    const bytes = await writeSynced(beside, content);
    await moveInto(target, beside);
    return { bytes };
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function writeSynced(path: string, content: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const chunk of content) {
      await file.writeFile(chunk);
      bytes += chunk.length;
    }
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

/** A removal may take the folder away between making it and moving into it. */
const MOVES = 5;

async function moveInto(to: string, from: string): Promise<void> {
  for (let move = 1; ; move += 1) {
    try {
      await makeDirs(dirname(to));
      await rename(from, to);
      break;
    } catch (error) {
      if (!isMissing(error) || move === MOVES) throw error;
    }
  }
  await unlessMissing(syncDir(dirname(to)));
}

/** Taken away whole first, so that nobody sees half of it removed. */
async function removeTree(target: string, beside: string): Promise<void> {
  const moved = await unlessMissing(rename(target, beside).then(() => true));
  if (!moved) return;
  await syncDir(dirname(target));
  await rm(beside, { recursive: true, force: true });
}

interface Range {
  readonly offset: number;
  readonly limit: number;
}

function checkedRange(range: Range): Range {
  const sound = [range.offset, range.limit].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!sound) throw new RangeError('offset and limit are non-negative integers');
  return range;
}

async function readRange(path: string, { offset, limit }: Range): Promise<Uint8Array | undefined> {
  const file = await unlessMissing(open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    return await readUpTo(file, { offset, limit: Math.min(limit, Math.max(0, size - offset)) });
  } finally {
    await file.close();
  }
}

async function readUpTo(file: FileHandle, { offset, limit }: Range): Promise<Uint8Array> {
  const buffer = new Uint8Array(limit);
  let filled = 0;
  while (filled < limit) {
    const { bytesRead } = await file.read(buffer, filled, limit - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

async function infoOf(path: string): Promise<BlobInfo | undefined> {
  const stat = await unlessMissing(lstat(path));
  return stat ? { bytes: stat.size } : undefined;
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
