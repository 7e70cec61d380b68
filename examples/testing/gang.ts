/**
 * Starts an example's processes as a runner would: one per rank, with the environment of the gang
 * contract and nothing else. What was started is killed, and its files removed, when the test ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Member {
  readonly rank: number;
  readonly pid: number;
  readonly exit: Promise<Exit>;
  readonly output: () => string;
  /** The JSON lines so far. */
  readonly events: () => Record<string, unknown>[];
  /** Resolves with the first JSON line of this kind; rejects when the member ends without one. */
  readonly event: (name: string) => Promise<Record<string, unknown>>;
  readonly kill: (signal: NodeJS.Signals) => void;
}

export interface GangOptions {
  /** Program and arguments. */
  readonly argv: readonly string[];
  readonly world: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Which ranks to start, in this order; all of them unless given. */
  readonly ranks?: readonly number[];
  readonly port?: number;
}

export async function startGang({ argv, world, env = {}, ranks, port }: GangOptions): Promise<Member[]> {
  const masterPort = port ?? (await freePort());
  const order = ranks ?? Array.from({ length: world }, (_, rank) => rank);
  return order.map((rank) =>
    startMember(argv, rank, {
      PATH: process.env.PATH ?? '',
      RANK: String(rank),
      LOCAL_RANK: String(rank),
      WORLD_SIZE: String(world),
      MASTER_ADDR: '127.0.0.1',
      MASTER_PORT: String(masterPort),
      ...env,
    }),
  );
}

/** A port on loopback that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** An empty directory, gone after the test. */
export function scratchDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'capstan-example-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function startMember(argv: readonly string[], rank: number, env: Record<string, string>): Member {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = exitOf(child);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const written = collect(child);
  return {
    rank,
    pid: child.pid ?? -1,
    exit,
    output: () => written.text,
    events: () => jsonLines(written.text),
    event: (name) => eventNamed(child, written, name),
    kill: (signal) => child.kill(signal),
  };
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  const [code, signal] = await once(child, 'close');
  return { code, signal };
}

function collect(child: ChildProcess): { text: string } {
  const written = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      written.text += chunk;
    });
  }
  return written;
}

function eventNamed(child: ChildProcess, written: { text: string }, name: string) {
  return new Promise<Record<string, unknown>>((resolve, reject) => {
    const look = () => {
      const found = jsonLines(written.text).find((line) => line.event === name);
      if (found) resolve(found);
      return found !== undefined;
    };
    if (look()) return;
    child.stdout?.on('data', look);
    child.once('close', () => look() || reject(new Error(`ended without "${name}": ${written.text}`)));
  });
}

function jsonLines(text: string): Record<string, unknown>[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
}
