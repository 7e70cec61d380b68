/**
 * The members' standard output and error. Node would connect them by sockets, which a program
 * cannot open again as `/dev/stdout`, as many shell scripts do; so they are real pipes, made as
 * FIFOs that lose their name as soon as both ends are open.
 */
import { spawnSync } from 'node:child_process';
import { chownSync, closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { RunAs } from '../launch.ts';

export interface Pipe {
  /** The shim's end. */
  readonly read: Socket;
  /** The member's end: a file descriptor to hand on and then close here. */
  readonly write: number;
}

/** What the names of an attempt's pipes begin with, also when they are gone. */
export function pipePrefix(dir: string): string {
  return join(dir, '.pipe-');
}

/**
 * Makes pipes whose write ends the members may open again by name.
 * @throws Error when the system has no mkfifo or the directory cannot hold one
 */
export function makePipes(dir: string, count: number, runAs: RunAs | undefined): Pipe[] {
  const names = Array.from({ length: count }, (_, i) => `${pipePrefix(dir)}${i}`);
  try {
    const made = spawnSync('mkfifo', ['-m', '600', ...names], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`mkfifo: ${made.error?.message ?? made.stderr.trim()}`);
    return names.map((name) => openPipe(name, runAs));
  } finally {
    for (const name of names) rmSync(name, { force: true });
  }
}

function openPipe(name: string, runAs: RunAs | undefined): Pipe {
  if (runAs !== undefined) chownSync(name, runAs.uid, runAs.gid);
  // The reader first and without blocking: a FIFO opens for writing only once it is read.
  const readFd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  const write = openSync(name, constants.O_WRONLY);
  return { read: new Socket({ fd: readFd, readable: true, writable: false }), write };
}

export function closeWriteEnd(pipe: Pipe): void {
  closeSync(pipe.write);
}
