/** Starts `capstan up` in a process of its own, on a data directory made for the demo. */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Client, createClient } from '../../src/cli/remote/client.ts';

export interface Running {
  readonly client: Client;
  readonly address: string;
  readonly keyFile: string;
  readonly pid: number;
  /** A copy of the example, where also another user (as root, jobs run as one) can read it. */
  readonly example: string;
  /** Stops it and removes its directory. */
  stop(): Promise<void>;
  /** Leaves it running after this process. */
  leave(): void;
}

export async function startProduct(root: string, example: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-demo-'));
  chmodSync(folder, 0o755);
  const copy = join(folder, example);
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  cpSync(join(root, 'examples', example), copy, { recursive: true });
  const args = [
    join(root, 'bin/capstan.js'),
    'up',
    '--data',
    join(folder, 'data'),
    '--port',
    '0',
    '--output',
    'json',
  ];
  const env = { ...process.env, XDG_CONFIG_HOME: join(folder, 'config') };
  const errors = openSync(join(folder, 'up.log'), 'a');
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', errors], detached: true });
  const stdout = child.stdout as Readable;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = await new Promise<{ address: string; pid: number; keyFile: string }>((resolve, reject) => {
    createInterface(stdout).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) =>
      reject(new Error(`capstan up ended with ${code}: ${readFileSync(join(folder, 'up.log'), 'utf8')}`)),
    );
  });
  return {
    ...ready,
    client: createClient({ server: ready.address, key: readFileSync(ready.keyFile, 'utf8').trim() }),
    example: copy,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
    leave: () => {
      stdout.destroy();
      child.unref();
    },
  };
}
