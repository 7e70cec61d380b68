/** Capstan as its users have it: `up` or `server` in a process of its own, the CLI, the API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Client, createClient } from '../../src/cli/remote/client.ts';
import { check } from './check.ts';
import { output } from './programs.ts';

const BIN = join(import.meta.dirname, '../../bin/capstan.js');

interface Ready {
  readonly address: string;
  readonly pid: number;
  readonly keyFile: string;
}

export interface StartOptions {
  /** A program for this Node, with its arguments, that prints the same ready line as `capstan up`. */
  readonly program: readonly string[];
  /** For the files that a user's home would have. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
}

export class Capstan implements AsyncDisposable {
  readonly address: string;
  readonly key: string;
  readonly pid: number;
  /** From spawn to the ready line, milliseconds. */
  readonly startMs: number;
  readonly client: Client;
  readonly #process: ChildProcess;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(
    child: ChildProcess,
    ready: Ready,
    facts: { startMs: number; env: Record<string, string> },
  ) {
    this.#process = child;
    this.#env = { ...facts.env, CAPSTAN_SERVER: ready.address, CAPSTAN_KEY_FILE: ready.keyFile };
    this.address = ready.address;
    this.pid = ready.pid;
    this.key = readFileSync(ready.keyFile, 'utf8').trim();
    this.startMs = facts.startMs;
    this.client = createClient({ server: this.address, key: this.key });
  }

  /** `capstan up` on a data directory and any free port. */
  static up(data: string, home: string): Promise<Capstan> {
    return Capstan.start({ program: [BIN, 'up', '--data', data, '--port', '0', '--output', 'json'], home });
  }

  /** `capstan server` on a database that is there. */
  static server(data: string, { home, database }: { home: string; database: string }): Promise<Capstan> {
    const env = { CAPSTAN_DATABASE_URL: database };
    return Capstan.start({ program: [BIN, 'server', '--data', data, '--port', '0'], home, env });
  }

  /** Resolves when it says that it is ready. @throws CheckFailed with what it said when it ends instead */
  static async start({ program, home, env: more = {} }: StartOptions): Promise<Capstan> {
    const env = { ...homeEnv(home), ...more };
    const began = performance.now();
    const child = spawn(process.execPath, program, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ready = await readyOf(child.stdout, text(child.stderr));
    return new Capstan(child, ready, { startMs: performance.now() - began, env });
  }

  /** Runs a command line against this server to its end. */
  cli(...args: string[]): Promise<string> {
    return output([process.execPath, BIN, ...args], { env: this.#env });
  }

  /** Ends it as an operator would; how long that takes, milliseconds. */
  async stop(): Promise<number> {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return 0;
    const began = performance.now();
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    check((await ended) === 0, `capstan ends with 0 when it is told to, not ${child.exitCode}`);
    return performance.now() - began;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function homeEnv(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, XDG_CONFIG_HOME: join(home, 'config') };
}

async function readyOf(stdout: Readable, errors: Promise<string>): Promise<Ready> {
  const lines = createInterface(stdout);
  const line = await new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
  });
  check(line !== undefined, `capstan starts; it said: ${line === undefined ? await errors : ''}`);
  return JSON.parse(line) as Ready;
}
