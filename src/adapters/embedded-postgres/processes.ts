/**
 * The processes of one data directory. Every process of PostgreSQL works in its data directory,
 * which tells ours from any other on the machine; a pid counts only with its start time. A shell
 * in which somebody has gone there is not one of them.
 */
import { readFileSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface LiveProcess {
  readonly pid: number;
  /** Clock ticks after boot; absent where there is no /proc. */
  readonly startTicks?: number | undefined;
}

/** Between two looks, in milliseconds. */
const POLL = 10;
/** Where `starttime` stands among the fields after the command's closing bracket. */
const START_TIME = 19;

/** Whether processes can be told by where they work. Without it nothing is signalled that we did not start. */
export const canIdentify = process.platform === 'linux';

/** A binary that an upgrade has replaced is listed as `postgres (deleted)`. */
const PROGRAM = /^(postgres|initdb)( \(deleted\))?$/;

/** Every live process of PostgreSQL that works in `dir`, a real path. */
export async function processesIn(dir: string): Promise<readonly LiveProcess[]> {
  if (!canIdentify) return [];
  const names = await readdir('/proc');
  const pids = names.filter((name) => /^\d+$/.test(name));
  const ours = await Promise.all(pids.map((pid) => worksIn(pid, dir)));
  return pids.flatMap((pid, at) => (ours[at] ? (identify(Number(pid)) ?? []) : []));
}

async function worksIn(pid: string, dir: string): Promise<boolean> {
  if ((await targetOf(`/proc/${pid}/cwd`)) !== dir) return false;
  return PROGRAM.test(basename(await targetOf(`/proc/${pid}/exe`)));
}

/** Empty for what is not ours to see, or has ended. */
async function targetOf(link: string): Promise<string> {
  return readlink(link).catch(() => '');
}

/** The process by that pid if it lives; a zombie does not. */
export function identify(pid: number): LiveProcess | undefined {
  if (!canIdentify) return answersSignals(pid) ? { pid } : undefined;
  const startTicks = startTicksOf(pid);
  return startTicks === undefined ? undefined : { pid, startTicks };
}

export function lives(known: LiveProcess): boolean {
  const now = identify(known.pid);
  return now !== undefined && now.startTicks === known.startTicks;
}

/** Signals the process unless it has ended: its pid may belong to another by now. */
export function signal(known: LiveProcess, name: NodeJS.Signals): void {
  if (!lives(known)) return;
  try {
    process.kill(known.pid, name);
  } catch (error) {
    if (lives(known)) throw error;
  }
}

/** True as soon as none of them lives; false when some still do after `ms` milliseconds. */
export async function goneWithin(ms: number, ...known: readonly LiveProcess[]): Promise<boolean> {
  const end = performance.now() + ms;
  while (known.some(lives)) {
    if (performance.now() >= end) return false;
    await delay(POLL);
  }
  return true;
}

function startTicksOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command stands in brackets and may itself hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : Number(fields[START_TIME]);
  } catch {
    return undefined;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
