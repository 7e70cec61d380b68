/** `capstan up` with flags, files and variables of a test's own, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../product/product.ts';

const BIN = join(ROOT, 'bin/capstan.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Launch {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A directory that is gone with the test. */
export class Scratch implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'capstan-security-'));

  path(name: string): string {
    return join(this.dir, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function environment(home: string, more: Launch['env'] = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ...more };
}

/** Runs a command line to its end. */
export async function run(home: string, { args = [], env }: Launch, input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: home,
    env: environment(home, env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => errors.push(bytes));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(errors).toString() };
}

interface Ready {
  readonly address: string;
  readonly pid: number;
  readonly keyFile: string;
}

/** A server that is up. */
export class Running implements AsyncDisposable {
  readonly home: string;
  readonly data: string;
  readonly child: ChildProcess;
  readonly #ready: Ready;
  readonly #errors: string[];

  private constructor(parts: {
    home: string;
    data: string;
    child: ChildProcess;
    ready: Ready;
    errors: string[];
  }) {
    this.home = parts.home;
    this.data = parts.data;
    this.child = parts.child;
    this.#ready = parts.ready;
    this.#errors = parts.errors;
  }

  /** Resolves when it is ready. @param home a directory that outlives it */
  static async up(home: string, { args = [], env }: Launch = {}): Promise<Running> {
    const data = join(home, 'data');
    const flags = ['up', '--data', data, '--port', '0', '--output', 'json', ...args];
    const child = spawn(process.execPath, [BIN, ...flags], {
      cwd: home,
      env: environment(home, env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const errors: string[] = [];
    child.stderr.on('data', (text: Buffer) => errors.push(text.toString()));
    const ready = await new Promise<Ready>((resolve, reject) => {
      createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line)));
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${errors.join('')}`)));
    });
    return new Running({ home, data, child, ready, errors });
  }

  get address(): string {
    return this.#ready.address;
  }

  get port(): number {
    return Number(new URL(this.address).port);
  }

  get keyFile(): string {
    return this.#ready.keyFile;
  }

  get key(): string {
    return readFileSync(this.keyFile, 'utf8').trim();
  }

  get stderr(): string {
    return this.#errors.join('');
  }

  /** Its log, as it is now. */
  get log(): string {
    return readFileSync(join(this.data, 'capstan.log'), 'utf8');
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.address}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${this.key}`, ...init.headers },
    });
  }

  cli(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    const to = { CAPSTAN_SERVER: this.address, CAPSTAN_KEY_FILE: this.keyFile, ...env };
    return run(this.home, { args, env: to });
  }

  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill('SIGTERM');
    return (await ended)[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
