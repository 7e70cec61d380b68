/**
 * The files a member's log consists of: each named by the offset of its first byte in the log, so
 * that offsets go on counting when the oldest file has been dropped. Shared by the shim, which
 * writes them, and the runner, which reads them.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Segment {
  readonly path: string;
  /** Offset of its first byte, counted from the first byte ever written. */
  readonly start: number;
}

/** 16 digits hold every safe integer, so that names sort as numbers do. */
export function segmentPath(dir: string, start: number): string {
  return join(dir, `${String(start).padStart(16, '0')}.log`);
}

/** Oldest first. @throws ENOENT when the log does not exist */
export function listSegments(dir: string): Segment[] {
  return readdirSync(dir)
    .filter((name) => /^\d{16}\.log$/.test(name))
    .sort()
    .map((name) => ({ path: join(dir, name), start: Number.parseInt(name, 10) }));
}
