/**
 * Reads an output of an attempt. Its directory belongs to the job's user, who could put a link or a
 * FIFO in its place: the file is opened without following or waiting, and looked at once open.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileChunk, ReadRange } from '../../ports/runner.ts';
import type { RunAs } from './launch.ts';

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface OutputToRead {
  readonly path: string;
  readonly runAs?: RunAs | undefined;
  /** True when nothing is written to it any more. */
  readonly complete: boolean;
}

/** @throws ENOENT when there is no such regular file of the job's own */
export async function readOutput(output: OutputToRead, { offset, limit }: ReadRange): Promise<FileChunk> {
  const file = await open(output.path, FLAGS).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' || error.code === 'ENXIO' ? notFound(output.path, error) : error;
  });
  try {
    const stat = await file.stat();
    const foreign = output.runAs !== undefined && stat.uid !== output.runAs.uid;
    if (!stat.isFile() || foreign) throw notFound(output.path);
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(limit, stat.size - offset)));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    const eof = output.complete && offset + bytesRead >= stat.size;
    return { offset, bytes: bytes.subarray(0, bytesRead), eof };
  } finally {
    await file.close();
  }
}

/** An error with the code ENOENT, as the port promises for what is not there. */
export function notFound(what: string, cause?: unknown): Error {
  return Object.assign(new Error(`${what} does not exist`, { cause }), { code: 'ENOENT' });
}
