/** Every blob below a directory, for a copy of all of it. What is removed meanwhile is left out. */
import { constants, type Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface FoundBlob {
  readonly key: string;
  /** Whole: a blob is replaced by renaming, so an open one does not change. */
  content(): AsyncIterable<Uint8Array>;
}

/** In no order. Files end with `~`; folders whose names begin with it are not of blobs. */
export async function* listLocalBlobs(dir: string): AsyncGenerator<FoundBlob> {
  yield* below(dir, '');
}

async function* below(dir: string, prefix: string): AsyncGenerator<FoundBlob> {
  for (const entry of await entriesOf(join(dir, prefix))) {
    const { name } = entry;
    if (entry.isDirectory() && !name.startsWith('~')) yield* below(dir, `${prefix}${name}/`);
    if (!entry.isFile() || !name.endsWith('~')) continue;
    const file = await open(join(dir, prefix, name), constants.O_RDONLY | constants.O_NOFOLLOW).catch(
      unlessMissing,
    );
    if (!file) continue;
    try {
      yield {
        key: `${prefix}${name.slice(0, -1)}`,
        content: () => file.createReadStream({ autoClose: false, highWaterMark: 384 * 1024 }),
      };
    } finally {
      await file.close();
    }
  }
}

async function entriesOf(path: string): Promise<readonly Dirent[]> {
  return (await readdir(path, { withFileTypes: true }).catch(unlessMissing)) ?? [];
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
