/**
 * What the runner hands to a shim: the attempt as asked for, and what the runner decided about it.
 * Files are written whole under another name and linked into place, so a reader never sees half of one.
 * They are not forced to the disk, which takes up to half a second on a busy one: only a power cut could
 * spoil them, and that ends the attempt anyway.
 */
import { readFileSync } from 'node:fs';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import type { AttemptSpec, StopOrder } from '../../core/job/attempt.ts';
import type { Delegated } from './cgroup/control-group.ts';

/** The unprivileged user that members run as when the server is root. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface Launch {
  readonly spec: AttemptSpec;
  readonly node: string;
  readonly masterPort: number;
  readonly runAs?: RunAs | undefined;
  /** Appended to the members' PATH. */
  readonly pathDirs: readonly string[];
  /** Of each member's log. */
  readonly logCapBytes: number;
  /** How often memory is looked at, milliseconds. */
  readonly pollMs: number;
  /** Where members get control groups; absent: their memory is limited by looking at it. */
  readonly cgroup?: Delegated | undefined;
}

/** A process, told apart from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot, field 22 of `/proc/PID/stat`. */
  readonly start: number;
}

export interface ShimIdentity extends ProcessIdentity {
  readonly boot: string;
}

/** A stop order as kept on disk. */
export interface KeptStopOrder extends StopOrder {
  /** Epoch milliseconds when it was given. */
  readonly at: number;
}

/** @returns the parsed file, or nothing when there is none, or only what a power cut left of it */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file unless it is there already; whoever comes second gets `false`. */
export async function claimJson(path: string, value: unknown): Promise<boolean> {
  const draft = await writeDraft(path, value);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces a file in one step. */
export async function replaceJson(path: string, value: unknown): Promise<void> {
  await rename(await writeDraft(path, value), path);
}

async function writeDraft(path: string, value: unknown): Promise<string> {
  const draft = `${path}.${process.pid}.${process.hrtime.bigint()}`;
  await writeFile(draft, JSON.stringify(value), { flag: 'wx', mode: 0o600 });
  return draft;
}
