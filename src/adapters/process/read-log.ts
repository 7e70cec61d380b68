/** Reads a member's log across its segments, by offsets that go on counting when old ones are dropped. */
import { open } from 'node:fs/promises';
import type { FileChunk, ReadRange } from '../../ports/runner.ts';
import { listSegments, type Segment } from './segments.ts';
import { criLine } from './shim/cri.ts';

export interface LogToRead {
  readonly dir: string;
  readonly capBytes: number;
  /** True when nothing is added any more. Must have been known before the reading begins. */
  readonly complete: boolean;
}

const EMPTY = new Uint8Array();
/** A segment can be dropped between its listing and its opening; that many times in a row it is not. */
const TRIES = 10;

/** Bytes of whole segments from the offset on; with a line that says so where bytes were dropped. */
export async function readLog(log: LogToRead, range: ReadRange): Promise<FileChunk> {
  for (let i = 0; ; i++) {
    try {
      return await readOnce(log, range);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || i >= TRIES) throw error;
    }
  }
}

async function readOnce(log: LogToRead, { offset, limit }: ReadRange): Promise<FileChunk> {
  const segments = segmentsOf(log.dir);
  const oldest = segments[0];
  if (oldest === undefined) return { offset, bytes: EMPTY, eof: log.complete };
  if (offset < oldest.start) return readPastGap(log, oldest, { offset, limit });
  const at = segments.findLastIndex(({ start }) => start <= offset);
  const next = segments[at + 1];
  const bytes = await readSegment(segments[at]!, offset, Math.min(limit, (next?.start ?? Infinity) - offset));
  const atEnd = next === undefined && bytes.length < limit;
  return { offset, bytes, eof: atEnd && log.complete };
}

/** The line takes the place of the last bytes of the gap, so that offsets after it are true. */
async function readPastGap(
  log: LogToRead,
  oldest: Segment,
  { offset, limit }: ReadRange,
): Promise<FileChunk> {
  const gap = oldest.start - offset;
  const line = criLine(Date.now(), 'stderr', gapSentence(gap, log.capBytes));
  if (line.length > Math.min(gap, limit)) return readOnce(log, { offset: oldest.start, limit });
  const bytes = await readSegment(oldest, oldest.start, limit - line.length);
  return { offset: oldest.start - line.length, bytes: Buffer.concat([line, bytes]), eof: false };
}

function gapSentence(bytes: number, capBytes: number): string {
  return `capstan: ${bytes} bytes dropped here: the log is capped at ${Math.round(capBytes / 2 ** 20)} MiB`;
}

async function readSegment(segment: Segment, offset: number, limit: number): Promise<Uint8Array> {
  const file = await open(segment.path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, limit));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset - segment.start);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** None when the member was never started. */
function segmentsOf(dir: string): Segment[] {
  try {
    return listSegments(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
