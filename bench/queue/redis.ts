/** A Redis of its own, as Debian has it, with an append-only file: what BullMQ keeps jobs in. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { check } from '../harness/check.ts';

/** When what was written is forced to the disk: once a second, or before each answer. */
export type Fsync = 'everysec' | 'always';

export interface Redis extends AsyncDisposable {
  /** Of its socket. */
  readonly path: string;
}

const START_MS = 10_000;

export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

export async function startRedis(dir: string, fsync: Fsync): Promise<Redis> {
  mkdirSync(dir);
  const path = join(dir, 'redis.sock');
  const settings = ['--port', '0', '--unixsocket', path, '--dir', dir, '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', fsync];
  const child = spawn('redis-server', [...settings, ...durable], { stdio: 'ignore' });
  const until = performance.now() + START_MS;
  while (!(await answers(path))) {
    check(child.exitCode === null && performance.now() < until, 'redis-server starts');
    await delay(20);
  }
  return { path, [Symbol.asyncDispose]: () => end(child) };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.end();
      resolve(true);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
