/**
 * The product under fire: a server in a process of its own on a port that stays, started again after
 * each of our kills. An end that nobody asked for is a finding.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Client, createClient } from '../../src/cli/remote/client.ts';
import type { Chance } from './chance.ts';

export const ROOT = join(import.meta.dirname, '../..');

interface Ready {
  readonly address: string;
  readonly pid: number;
  readonly keyFile: string;
}

/** How the server is started: `capstan up`, or a server on a database of the run's own. */
export interface Program {
  argv(at: { readonly data: string; readonly port: number }): readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export const CAPSTAN_UP: Program = {
  argv: ({ data, port }) => [
    join(ROOT, 'bin/capstan.js'),
    'up',
    ...['--data', data, '--port', String(port), '--output', 'json'],
  ],
  env: {},
};

const START_LIMIT_MS = 60_000;

/** Where a client's next request goes, and with what. */
export type Door = Pick<Installation, 'address' | 'key'>;

/** Clients that know two servers of one database, and go to either. */
export function doorOf(installation: Installation, partner: Installation | undefined, chance: Chance): Door {
  if (!partner) return installation;
  return {
    get address() {
      return (chance.happens(0.5) ? installation : partner).address;
    },
    get key() {
      return installation.key;
    },
  };
}

export class Installation {
  readonly folder: string;
  readonly data: string;
  /** Where jobs write about themselves. */
  readonly evidence: string;
  readonly port: number;
  /** Ends that nobody asked for, in sentences. */
  readonly unasked: string[] = [];
  readonly #program: Program;
  #child: ChildProcess | undefined;
  #ready: Ready | undefined;
  #asked = false;

  private constructor(folder: string, port: number, program: Program) {
    this.folder = folder;
    this.data = join(folder, 'data');
    this.evidence = join(folder, 'evidence');
    this.port = port;
    this.#program = program;
  }

  static async make(program: Program = CAPSTAN_UP): Promise<Installation> {
    const folder = mkdtempSync(join(tmpdir(), 'capstan-faults-'));
    chmodSync(folder, 0o755);
    const made = new Installation(folder, await freePort(), program);
    mkdirSync(made.data, { mode: 0o700 });
    mkdirSync(made.evidence);
    chmodSync(made.evidence, 0o1777);
    return made;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Of the server that runs now. */
  get pid(): number | undefined {
    const child = this.#child;
    return child && child.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  get key(): string {
    if (!this.#ready) throw new Error('the installation was never up');
    return readFileSync(this.#ready.keyFile, 'utf8').trim();
  }

  /** Retries by itself what may be repeated, and resumes streams. */
  get client(): Client {
    return createClient({ server: this.address, key: this.key });
  }

  /** The data directory, or the area that holds its parts when jobs' users cannot enter it. */
  get home(): string {
    const record = join(this.data, 'area.json');
    if (!existsSync(record)) return this.data;
    return join('/var/lib/capstan', (JSON.parse(readFileSync(record, 'utf8')) as { id: string }).id);
  }

  get postmaster(): number | undefined {
    try {
      const text = readFileSync(join(this.home, 'postgres/data/postmaster.pid'), 'utf8');
      return Number(text.split('\n')[0]);
    } catch {
      return undefined;
    }
  }

  async up(): Promise<void> {
    this.#asked = false;
    const { argv, env } = this.#program;
    const child = spawn(process.execPath, argv({ data: this.data, port: this.port }), {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: this.data,
        XDG_CONFIG_HOME: join(this.data, 'config'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const said: string[] = [];
    child.stderr.on('data', (text: Buffer) => said.push(text.toString()));
    child.once('exit', (code, signal) => {
      if (this.#asked || child !== this.#child) return;
      this.unasked.push(`the server ended by itself with ${signal ?? code}: ${said.join('').slice(-2000)}`);
    });
    this.#ready = await readyLine(child, said);
  }

  /** Ends the server alone. Resolves when it is gone. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#asked = true;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function readyLine(child: ChildProcess, said: readonly string[]): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the server was not ready in a minute')), START_LIMIT_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${code} while it started: ${said.join('')}`));
    });
    createInterface(child.stdout!).once('line', (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
