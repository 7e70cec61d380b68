/**
 * Turns a stream of bytes into lines of the CRI log format, `<time> stdout F <bytes>`. Bytes pass
 * through as they are; only line feeds mean anything. Works in one fixed buffer, so that a member
 * that writes a gigabyte costs no memory.
 * @see https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
 */

/** Longer lines are cut into parts with the tag P. */
export const MAX_PART_BYTES = 16 * 1024;
/** `2026-01-01T00:00:00.000000000Z stdout F ` */
const HEADER_BYTES = 40;
const TAG_AT = HEADER_BYTES - 2;
const BUFFER_BYTES = 64 * 1024;
const LINE_FEED = 10;
const TAG_PARTIAL = 'P'.charCodeAt(0);
const TAG_FULL = 'F'.charCodeAt(0);
/** Below this a loop over the bytes is faster than a call into native copying. */
const SHORT_BYTES = 64;

export type StreamName = 'stdout' | 'stderr';

/** RFC 3339 with nanoseconds, always 30 characters, so that headers have one length. */
export function timestamp(epochMs: number): string {
  const millis = Math.floor(epochMs);
  const rest = Math.floor((epochMs - millis) * 1_000_000);
  return `${new Date(millis).toISOString().slice(0, -1)}${String(rest).padStart(6, '0')}Z`;
}

/** One line of the format. */
export function criLine(epochMs: number, stream: StreamName, text: string): Buffer {
  return Buffer.from(`${timestamp(epochMs)} ${stream} F ${text}\n`);
}

export class CriEncoder {
  readonly #write: (lines: Uint8Array) => void;
  readonly #header: Buffer;
  readonly #out = Buffer.allocUnsafe(BUFFER_BYTES);
  #used = 0;
  /** The unfinished line at the end of what was fed, at most one part long. */
  readonly #rest = Buffer.allocUnsafe(MAX_PART_BYTES);
  #restBytes = 0;

  /** `write` gets whole lines, at most 64 KiB at once, and must copy what it keeps. */
  constructor(stream: StreamName, write: (lines: Uint8Array) => void) {
    this.#write = write;
    this.#header = Buffer.from(`${timestamp(0)} ${stream} F `);
  }

  /** Takes bytes as they come. The time is that of their arrival, epoch milliseconds. */
  feed(bytes: Buffer, epochMs: number): void {
    this.#header.write(timestamp(epochMs), 0, 'latin1');
    let from = 0;
    while (from < bytes.length) {
      const end = bytes.indexOf(LINE_FEED, from);
      if (end === -1) break;
      this.#lineUpTo(bytes, from, end);
      from = end + 1;
    }
    this.#keepRest(bytes, from, bytes.length);
    this.#flush();
  }

  /** Ends the stream: a line without its line feed is a line all the same. */
  end(epochMs: number): void {
    this.#header.write(timestamp(epochMs), 0, 'latin1');
    if (this.#restBytes > 0) this.#emitRest(TAG_FULL);
    this.#flush();
  }

  #lineUpTo(bytes: Buffer, from: number, end: number): void {
    if (this.#restBytes === 0 && end - from <= MAX_PART_BYTES) {
      this.#emit(bytes, from, end, TAG_FULL);
      return;
    }
    this.#keepRest(bytes, from, end);
    this.#emitRest(TAG_FULL);
  }

  /** Adds to the unfinished line; what grows beyond a part is written as one. */
  #keepRest(bytes: Buffer, from: number, end: number): void {
    let at = from;
    while (at < end) {
      if (this.#restBytes === MAX_PART_BYTES) this.#emitRest(TAG_PARTIAL);
      const take = Math.min(end - at, MAX_PART_BYTES - this.#restBytes);
      bytes.copy(this.#rest, this.#restBytes, at, at + take);
      this.#restBytes += take;
      at += take;
    }
  }

  #emitRest(tag: number): void {
    this.#emit(this.#rest, 0, this.#restBytes, tag);
    this.#restBytes = 0;
  }

  #emit(bytes: Buffer, from: number, end: number, tag: number): void {
    if (this.#used + HEADER_BYTES + (end - from) + 1 > BUFFER_BYTES) this.#flush();
    this.#header[TAG_AT] = tag;
    this.#put(this.#header, 0, HEADER_BYTES);
    this.#put(bytes, from, end);
    this.#out[this.#used++] = LINE_FEED;
  }

  #put(bytes: Buffer, from: number, end: number): void {
    if (end - from > SHORT_BYTES) {
      bytes.copy(this.#out, this.#used, from, end);
      this.#used += end - from;
      return;
    }
    const out = this.#out;
    let at = this.#used;
    for (let i = from; i < end; i++) out[at++] = bytes[i]!;
    this.#used = at;
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#write(this.#out.subarray(0, this.#used));
    this.#used = 0;
  }
}
