/** The product as a user has it: `capstan up` in a process of its own, reached by HTTP and by the CLI. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { JobView } from '../../src/contract/job.ts';
import type { EventView } from '../../src/contract/stream.ts';

export const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'bin/capstan.js');

export interface Cli {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Ready {
  readonly address: string;
  readonly pid: number;
  readonly keyFile: string;
}

export class Product {
  readonly data: string;
  #process: ChildProcess | undefined;
  #ready: Ready | undefined;

  readonly #extra: Record<string, string>;
  readonly #flags: readonly string[];

  private constructor(data: string, extra: Record<string, string>, flags: readonly string[] = []) {
    this.data = data;
    this.#extra = extra;
    this.#flags = flags;
  }

  /** With a data directory of its own. @param env more for the server's environment @param flags more for `up` */
  static async start(env: Record<string, string> = {}, flags: readonly string[] = []): Promise<Product> {
    const product = new Product(mkdtempSync(join(tmpdir(), 'capstan-product-')), env, flags);
    await product.up();
    return product;
  }

  /** On a data directory that is there already. */
  static async on(data: string): Promise<Product> {
    const product = new Product(data, {});
    await product.up();
    return product;
  }

  get address(): string {
    return this.#facts.address;
  }

  get pid(): number {
    return this.#facts.pid;
  }

  get #facts(): Ready {
    if (!this.#ready) throw new Error('the product is not up');
    return this.#ready;
  }

  /** Starts it (again) on its data directory. @param flags other ones than those it was made with */
  async up(flags: readonly string[] = this.#flags): Promise<void> {
    const child = spawn(
      process.execPath,
      [BIN, 'up', '--data', this.data, '--port', '0', '--output', 'json', ...flags],
      {
        env: this.#env(this.#extra),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#process = child;
    const said: string[] = [];
    child.stderr.on('data', (text: Buffer) => said.push(text.toString()));
    this.#ready = await new Promise<Ready>((resolve, reject) => {
      createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line)));
      child.once('exit', (code) => reject(new Error(`capstan up ended with ${code}: ${said.join('')}`)));
    });
  }

  /** Ends the server alone, as a crash or an operator would. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return ended;
  }

  /** Ends all of it and removes its directory. */
  async end(): Promise<void> {
    for (const { metadata } of await this.jobs().catch(() => [])) {
      await this.post(`/jobs/${metadata.namespace}/${metadata.uid}/cancel`, {}).catch(() => undefined);
    }
    await until('no job holds a process', async () =>
      (await this.jobs()).every(({ status }) => ended(status.state)),
    );
    await this.kill('SIGTERM');
    rmSync(this.data, { recursive: true, force: true });
  }

  #env(extra: Record<string, string>): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.data,
      XDG_CONFIG_HOME: join(this.data, 'config'),
      ...extra,
    };
  }

  async cli(
    args: readonly string[],
    options: { readonly input?: string; readonly cwd?: string; readonly env?: Record<string, string> } = {},
  ): Promise<Cli> {
    const env = this.#env({
      CAPSTAN_SERVER: this.address,
      CAPSTAN_KEY_FILE: this.#facts.keyFile,
      ...options.env,
    });
    const child = spawn(process.execPath, [BIN, ...args], {
      env,
      cwd: options.cwd ?? this.data,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end(options.input ?? '');
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const key = readFileSync(this.#facts.keyFile, 'utf8').trim();
    return fetch(`${this.address}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Throws when the answer is no success. */
  async get<T>(path: string): Promise<T> {
    const response = await this.request('GET', path);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    const response = await this.request('POST', path, body);
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async jobs(): Promise<JobView[]> {
    return (await this.get<{ items: JobView[] }>('/jobs?limit=1000')).items;
  }

  async job(name: string): Promise<JobView> {
    return this.get(`/jobs/default/${name}`);
  }

  async submit(name: string, spec: object): Promise<JobView> {
    return this.post('/jobs', { name, spec });
  }

  /** The job once it is in one of the states. */
  async reaches(name: string, states: readonly string[]): Promise<JobView> {
    let job: JobView | undefined;
    await until(
      `${name} is ${states.join(' or ')}`,
      async () => {
        job = await this.job(name);
        return states.includes(job.status.state);
      },
      () => `it is ${job?.status.state}: ${job?.status.message}`,
    );
    return job as JobView;
  }

  async events(name: string): Promise<EventView[]> {
    return (
      await this.get<{ items: EventView[] }>(`/events?project=default&job=${name}&limit=1000`)
    ).items.toReversed();
  }

  async logs(name: string): Promise<string> {
    const { code, stdout, stderr } = await this.cli(['logs', name]);
    if (code !== 0) throw new Error(`capstan logs ended with ${code}: ${stderr}`);
    return stdout;
  }
}

export function ended(state: string): boolean {
  return ['succeeded', 'failed', 'cancelled'].includes(state);
}

/** Looks again until it holds; fails after a minute, saying what it waited for. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  more: () => string = () => '',
): Promise<void> {
  const deadline = Date.now() + 60_000;
  let trouble: unknown;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      trouble = error;
    }
    if (Date.now() > deadline) throw new Error(`not within a minute: ${what}. ${more()}`, { cause: trouble });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Where the parts of a data directory are: in it, or in the area that stands in for one that others can not enter. */
export function homeOf(data: string): string {
  const pointer = join(data, 'area.json');
  return existsSync(pointer) ? join('/var/lib/capstan', JSON.parse(readFileSync(pointer, 'utf8')).id) : data;
}
