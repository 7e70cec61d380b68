/** Writes a download: to a stream, or to a file that appears only when it is whole. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../errors.ts';
import type { Session } from '../session.ts';
import type { Download } from './client.ts';
import { Unreachable } from './client-errors.ts';

/** As fast as the reader reads. */
export async function writeAll(content: AsyncIterable<Uint8Array>, to: Writable): Promise<void> {
  for await (const chunk of content) {
    if (!to.write(chunk)) await once(to, 'drain');
  }
}

/** Bytes written. Throws Unreachable when fewer came than were announced, UsageError when it cannot be written. */
export async function save(session: Session, { bytes, content }: Download, path: string): Promise<number> {
  const target = resolve(session.io.cwd, path);
  const draft = `${target}.${process.pid}.part`;
  const progress = await progressBar(session, bytes);
  let count = 0;
  const counted = async function* () {
    for await (const chunk of content) {
      count += chunk.length;
      progress?.update(count);
      yield chunk;
    }
  };
  try {
    await pipeline(counted, createWriteStream(draft, { flags: 'wx' }));
    if (bytes !== undefined && count !== bytes) throw new Unreachable(`only ${count} of ${bytes} bytes came`);
    await rename(draft, target);
    return count;
  } catch (error) {
    await rm(draft, { force: true });
    throw asWriteError(error, path);
  } finally {
    progress?.stop();
  }
}

function asWriteError(error: unknown, path: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? error : new UsageError(`cannot write ${path}: ${code}`, undefined, error);
}

/** Less than this is there before a bar could be read. */
const WORTH_A_BAR = 4 * 1024 * 1024;

async function progressBar({ io }: Session, total: number | undefined) {
  if (io.stderr.isTTY !== true || total === undefined || total < WORTH_A_BAR) return undefined;
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    stream: io.stderr as NodeJS.WriteStream,
    format: '{bar} {percentage}%  {eta_formatted}',
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(total, 0);
  return bar;
}
