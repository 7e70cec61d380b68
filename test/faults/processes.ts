/** Processes as /proc shows them: who to hit, and what was left behind. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

export interface Found {
  readonly pid: number;
  readonly uid: string;
  readonly command: string;
}

/** Members of attempts, by the mark in their environment. */
export function membersOf(uids: ReadonlySet<string>): Found[] {
  return allPids().flatMap((pid) => {
    const [, uid] = /(?:^|\0)CAPSTAN_PROCESS_MARK=([^.\0]+)/.exec(fileOf(pid, 'environ')) ?? [];
    return uid !== undefined && uids.has(uid) ? [{ pid, uid, command: commandOf(pid) }] : [];
  });
}

/** Shims call themselves after their attempt. */
export function shimsOf(uids: ReadonlySet<string>): Found[] {
  return allPids().flatMap((pid) => {
    const [, uid] = /^capstan-shim (\S+)/.exec(commandOf(pid)) ?? [];
    return uid !== undefined && uids.has(uid) ? [{ pid, uid, command: commandOf(pid) }] : [];
  });
}

function commandOf(pid: number): string {
  return fileOf(pid, 'cmdline').replaceAll('\0', ' ').trim();
}

/** Backends that serve a client, of the postmaster; not those that keep the database itself going. */
export function backendsOf(postmaster: number, user: string): number[] {
  const children = fileOf(postmaster, `task/${postmaster}/children`).split(' ').filter(Boolean).map(Number);
  return children.filter((pid) => commandOf(pid).startsWith(`postgres: ${user} `));
}

/** Resolves when it holds, with true; with false when it did not within the time. */
export async function within(ms: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > deadline) return false;
    await delay(50);
  }
  return true;
}

/** @returns false when it was gone already */
export function hit(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
