/** The product as the queue benches have it: `capstan server` on a database of its own, everything on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Capstan } from '../harness/capstan.ts';
import { check } from '../harness/check.ts';
import type { BenchDatabase } from '../harness/database.ts';
import { output } from '../harness/programs.ts';
import { type Fresh, freshDatabase } from './peers.ts';

/** No limits of our own in the way, and no line of log for each request: none of the peers writes one. */
const SETTINGS = {
  CAPSTAN_LOG_LEVEL: 'warn',
  CAPSTAN_LIMITS_WRITES_PER_SECOND: '1000000',
  CAPSTAN_LIMITS_WRITE_BURST: '1000000',
  CAPSTAN_LIMITS_READS_PER_SECOND: '1000000',
  CAPSTAN_LIMITS_READ_BURST: '1000000',
};

export const CONNECTIONS = 128;
const LONGEST_MS = 120_000;

export interface Load {
  readonly count: number;
  readonly seconds: number;
  /** Of each request, milliseconds. */
  readonly latencies: readonly number[];
}

export class Product implements AsyncDisposable {
  readonly server: Capstan;
  /** An access token, as the SDKs use one: it is checked with each request. */
  readonly token: string;
  /** Of the role `worker`. */
  readonly workerKey: string;
  readonly #database: Fresh;
  readonly #workers: ChildProcess[] = [];

  private constructor(server: Capstan, keys: { token: string; worker: string }, database: Fresh) {
    this.server = server;
    this.token = keys.token;
    this.workerKey = keys.worker;
    this.#database = database;
  }

  /** The name of its database. */
  get database(): string {
    return this.#database.name;
  }

  static async start(dir: string, on: BenchDatabase): Promise<Product> {
    const database = await freshDatabase(on);
    const program = [join(import.meta.dirname, '../../bin/capstan.js'), 'server'];
    const place = ['--data', join(dir, `server-${randomUUID()}`), '--port', '0'];
    const env = { ...SETTINGS, CAPSTAN_DATABASE_URL: database.url };
    const server = await Capstan.start({ program: [...program, ...place], home: dir, env });
    const { token } = await server.client.call('auth.token', {});
    const { key } = await server.client.call('key.create', { name: 'bench', roles: ['worker'] });
    return new Product(server, { token, worker: key }, database);
  }

  /** A worker in a process of its own, connected. @param moments see `worker.ts` */
  async hire(moments?: string): Promise<void> {
    const program = join(import.meta.dirname, 'worker.ts');
    const args = moments === undefined ? [] : [moments];
    const env = {
      PATH: process.env.PATH ?? '',
      CAPSTAN_SERVER: this.server.address,
      CAPSTAN_KEY: this.workerKey,
    };
    this.#workers.push(
      spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] }),
    );
    await this.until(
      'its workers are connected',
      async () => (await this.server.client.call('worker.list', {})).items.length === this.#workers.length,
    );
  }

  /** Submits one by one for so long, milliseconds. */
  async load(ms: number, connections = CONNECTIONS): Promise<Load> {
    const program = join(import.meta.dirname, 'load.ts');
    const args = [this.server.address, this.token, String(connections), String(ms)];
    return JSON.parse(await output([process.execPath, program, ...args])) as Load;
  }

  /** The same by so many callers of the SDK in one process, which puts together what they submit at a time. */
  async loadBySdk(ms: number, callers = CONNECTIONS): Promise<Load> {
    const args = [join(import.meta.dirname, 'sdk-load.ts'), String(callers), String(ms)];
    const env = { ...process.env, CAPSTAN_SERVER: this.server.address, CAPSTAN_KEY: this.server.key };
    return JSON.parse(await output([process.execPath, ...args], { env })) as Load;
  }

  /** At a steady rate, a second, for so long, milliseconds. @param token one that lasts as long */
  async steady(rate: number, ms: number, token = this.token): Promise<{ count: number; late: number }> {
    const program = join(import.meta.dirname, 'steady.ts');
    const args = [this.server.address, token, String(rate), String(ms)];
    return JSON.parse(await output([process.execPath, program, ...args], {}, ms + LONGEST_MS));
  }

  /** Ends its workers, which then have written their moments. */
  async dismiss(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map(ended));
  }

  /** Resolves when no task waits or runs. */
  async drained(): Promise<void> {
    await this.until('every task has ended', async () => {
      const { status } = await this.server.client.call('queue.get', { name: 'default' });
      return status.pending === 0 && status.holding === 0;
    });
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const late = performance.now() + LONGEST_MS;
    while (!(await holds())) {
      check(performance.now() < late, what);
      await delay(20);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map(ended));
    await this.server[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
  }
}

async function ended(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null) return;
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  worker.kill('SIGTERM');
  await gone;
}
