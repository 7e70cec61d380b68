/**
 * Reads `/proc`: who a process is, what it uses, where it came from. A process can vanish between
 * any two lines, so that every function answers with nothing rather than throw.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ProcessIdentity } from './launch.ts';

/** USER_HZ, which Linux fixes at 100 whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100;

export interface ProcessStat extends ProcessIdentity {
  /** Name of the program, at most 15 characters. */
  readonly name: string;
  readonly state: string;
  readonly ppid: number;
  /** Process group. */
  readonly group: number;
  readonly session: number;
  /** User and system time with that of reaped children, milliseconds. */
  readonly cpuMs: number;
  /** Of reaped children only, milliseconds. */
  readonly reapedCpuMs: number;
}

/** @see proc_pid_stat(5) */
export function readStat(pid: number | 'self'): ProcessStat | undefined {
  const text = readProc(`${pid}/stat`);
  if (text === undefined) return undefined;
  // The command may hold spaces and parentheses: fields are counted from the last ')'.
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const reaped = field(16) + field(17);
  return {
    pid: Number.parseInt(text, 10),
    name: text.slice(text.indexOf('(') + 1, nameEnd),
    state: fields[0] ?? 'X',
    ppid: field(4),
    group: field(5),
    session: field(6),
    cpuMs: ((field(14) + field(15) + reaped) * 1000) / TICKS_PER_SECOND,
    reapedCpuMs: (reaped * 1000) / TICKS_PER_SECOND,
    start: field(22),
  };
}

/** True while exactly this process lives; a zombie does not. */
export function isAlive(identity: ProcessIdentity): boolean {
  const stat = readStat(identity.pid);
  return stat !== undefined && stat.start === identity.start && !isDead(stat);
}

export function isDead(stat: ProcessStat): boolean {
  return stat.state === 'Z' || stat.state === 'X';
}

/** Every process of this machine that can be seen. */
export function allProcesses(): ProcessStat[] {
  const found: ProcessStat[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(Number(name));
    if (stat !== undefined) found.push(stat);
  }
  return found;
}

/** Children of a process, over all its threads; needs CONFIG_PROC_CHILDREN, else none. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
      const text = readProc(`${pid}/task/${thread}/children`);
      return text === undefined ? [] : text.split(' ').filter(Boolean).map(Number);
    });
  } catch {
    return [];
  }
}

/** The environment a process was started with, or nothing where it is not ours to read. */
export function readEnviron(pid: number): ReadonlyMap<string, string> | undefined {
  const text = readProc(`${pid}/environ`);
  if (text === undefined || text === '') return undefined;
  return new Map(
    text.split('\0').map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** Resident set size, bytes: cheap, and never less than the proportional one. */
export function readRss(pid: number): number {
  return Number(readProc(`${pid}/status`)?.match(/^VmRSS:\s+(\d+) kB$/m)?.[1] ?? 0) * 1024;
}

/** Proportional set size, bytes. Costs time in proportion to the memory mapped: ask rarely. */
export function readPss(pid: number): number | undefined {
  const line = readProc(`${pid}/smaps_rollup`)?.match(/^Pss:\s+(\d+) kB$/m);
  return line?.[1] === undefined ? undefined : Number(line[1]) * 1024;
}

/** Now, in clock ticks after boot: comparable with a process's start. */
export function ticksSinceBoot(): number {
  return Math.floor(Number.parseFloat(readProc('uptime') ?? '0') * TICKS_PER_SECOND);
}

/** Processes, other than this one, with an open file whose path begins so. Slow: reads every descriptor. */
export function holdersOf(prefix: string): ProcessStat[] {
  return allProcesses().filter(
    ({ pid }) => pid !== process.pid && openFiles(pid).some((path) => path.startsWith(prefix)),
  );
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readLink(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** How often the kernel's own out-of-memory killer has struck since boot. */
export function kernelOomKills(): number {
  return Number(readProc('vmstat')?.match(/^oom_kill (\d+)$/m)?.[1] ?? 0);
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}
