/**
 * Whether a process that was written down is still the same one. A pid alone is not enough: pids
 * are reused, and they start again with every boot.
 */
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot; absent where there is no /proc. */
  readonly startTicks?: number | undefined;
  readonly bootId?: string | undefined;
}

/** Where `starttime` stands among the fields after the command's closing bracket. */
const START_TIME = 19;

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTicks: startTicksOf(pid), bootId: bootId() };
}

/** True when the process lives and is not a later one with the same pid. */
export function stillLives(known: ProcessIdentity): boolean {
  if (process.platform !== 'linux') return answersSignals(known.pid);
  if (known.bootId !== undefined && known.bootId !== bootId()) return false;
  const ticks = startTicksOf(known.pid);
  return ticks !== undefined && (known.startTicks === undefined || ticks === known.startTicks);
}

function startTicksOf(pid: number): number | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command stands in brackets and may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : Number(fields[START_TIME]);
}

function bootId(): string | undefined {
  return readOrNothing('/proc/sys/kernel/random/boot_id')?.trim();
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
