/** What a process takes, as the kernel counts it. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** USER_HZ of Linux on every platform that Node runs on. */
const TICKS = 100;

export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? Number.NaN) / 1024;
}

/** Hundredths of one processor, over a time, milliseconds. */
export async function processorShare(pid: number, ms: number): Promise<number> {
  const before = ticksOf(pid);
  await delay(ms);
  return ((ticksOf(pid) - before) / TICKS / (ms / 1000)) * 100;
}

/** Its own and that of its children that were waited for. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
