/** The lines of a gzip'd file, as text, one at a time: memory holds the longest, whatever the file's length. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { BackupError, damaged } from './errors.ts';

/** The largest row that a store can hold is far below; a file that says otherwise is not ours. */
const LONGEST = 256 * 1024 * 1024;

/** @throws BackupError for what is no gzip, is damaged or breaks off; the system's errors as they are */
export async function* linesOf(file: string): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let held = 0;
  for await (const chunk of gunzipped(file)) {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      const part = chunk.subarray(from, at);
      yield rest.length === 0 ? part.toString() : Buffer.concat([...rest, part]).toString();
      rest = [];
      held = 0;
      from = at + 1;
    }
    if (from === chunk.length) continue;
    rest.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > LONGEST) throw damaged('a line is longer than any row can be');
  }
  if (held > 0) throw truncated();
}

async function* gunzipped(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  source.on('error', (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Buffer>;
  } catch (error) {
    throw explained(error);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

function explained(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return truncated();
  if (code === 'Z_DATA_ERROR' && message.includes('header')) {
    return new BackupError('NotABackup', {
      message: 'the file is no backup of Capstan: it is not gzip',
      next: 'Name a file that `capstan backup` wrote.',
      cause: error,
    });
  }
  return code?.startsWith('Z_') ? damaged(`its compressed data is not sound (${message})`, error) : error;
}

export function truncated(): BackupError {
  return new BackupError('Truncated', {
    message: 'the backup breaks off: its end is missing',
    next: 'Nothing was restored. Use another backup, or copy this one again.',
  });
}
