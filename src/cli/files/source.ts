/** Reads what is to be submitted or applied: a file, or standard input for `-`. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';

export interface Source {
  /** As problems name it: the path as given, or `stdin`. */
  readonly name: string;
  readonly text: string;
  /** What relative paths in it are relative to. */
  readonly directory: string;
}

/** More than the server accepts is not worth parsing. */
const LARGEST_BYTES = 4 * 1024 * 1024;

export async function readSource(path: string, io: Pick<Io, 'stdin' | 'cwd'>): Promise<Source> {
  const bytes = path === '-' ? await readAll(io.stdin) : await readPath(resolve(io.cwd, path), path);
  const name = path === '-' ? 'stdin' : path;
  if (bytes.length > LARGEST_BYTES) throw new UsageError(`${name} is larger than ${LARGEST_BYTES} bytes`);
  const directory = path === '-' ? io.cwd : dirname(resolve(io.cwd, path));
  return { name, directory, text: decode(bytes, name) };
}

async function readPath(path: string, shown: string): Promise<Uint8Array> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : String(error.code);
    throw new UsageError(`cannot read ${shown}: ${why}`, undefined, error);
  });
}

async function readAll(stdin: Io['stdin']): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.length;
    if (size > LARGEST_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(`${name} is not UTF-8 text`, undefined, error);
  }
}
