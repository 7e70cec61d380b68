/**
 * A member's log on disk, capped: a few segments, of which the oldest goes when the whole grows
 * over the cap. Writes are synchronous on purpose: they land in the page cache, keep the order of
 * the two streams, and hold back a member that writes faster than the disk takes it.
 */
import { close, closeSync, fdatasync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { type Segment, segmentPath } from '../segments.ts';

const SEGMENTS = 8;

export interface LogFile {
  /** Takes whole lines. Never throws: what the disk refuses is counted as lost. */
  append(lines: Uint8Array): void;
  /** Bytes that could not be written. */
  readonly lost: number;
  /** Resolves when all is on the disk. */
  close(): Promise<void>;
}

/** @param capBytes of all segments together; a segment takes an eighth of it */
export function createLogFile(dir: string, capBytes: number): LogFile {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return new SegmentedLog(dir, capBytes);
}

class SegmentedLog implements LogFile {
  readonly #dir: string;
  readonly #capBytes: number;
  readonly #kept: Segment[] = [];
  #fd = -1;
  #end = 0;
  lost = 0;

  constructor(dir: string, capBytes: number) {
    this.#dir = dir;
    this.#capBytes = capBytes;
    this.#open();
  }

  append(lines: Uint8Array): void {
    try {
      if (this.#fd === -1) throw new Error('closed');
      const current = this.#kept.at(-1);
      if (current !== undefined && this.#end - current.start >= this.#capBytes / SEGMENTS) this.#open();
      this.#writeAll(lines);
      this.#dropOldest();
    } catch {
      this.lost += lines.length;
    }
  }

  close(): Promise<void> {
    const fd = this.#fd;
    // The number may soon stand for another file: what comes late is refused.
    this.#fd = -1;
    return new Promise((resolve) => {
      fdatasync(fd, () => close(fd, () => resolve()));
    });
  }

  #open(): void {
    const segment = { path: segmentPath(this.#dir, this.#end), start: this.#end };
    const fd = openSync(segment.path, 'a', 0o600);
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = fd;
    this.#kept.push(segment);
  }

  #writeAll(lines: Uint8Array): void {
    let done = 0;
    while (done < lines.length) {
      const written = writeSync(this.#fd, lines, done);
      done += written;
      this.#end += written;
    }
  }

  #dropOldest(): void {
    while (this.#kept.length > 1 && this.#end - this.#kept[0]!.start > this.#capBytes) {
      unlinkSync(this.#kept.shift()!.path);
    }
  }
}
