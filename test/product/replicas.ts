/** Servers side by side on one database and one data directory, each in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { type Client as ApiClient, createClient } from '../../src/cli/remote/client.ts';
import { type OwnDatabase, ownDatabase } from './own-database.ts';
import { ROOT, until } from './product.ts';

const SERVED = join(ROOT, 'test/faults/served.ts');

export interface Replica {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
  readonly client: ApiClient;
  signal(name: NodeJS.Signals): void;
  /** Resolves when it is gone. */
  end(name: NodeJS.Signals): Promise<void>;
  request(path: string, init?: RequestInit): Promise<Response>;
}

export interface Lease {
  readonly holder: string;
  readonly epoch: number;
}

export class Replicas implements AsyncDisposable {
  readonly #folder: string;
  readonly #database: OwnDatabase;
  readonly #sql: Client;
  readonly #running = new Set<Replica>();
  #ports = 0;

  private constructor(folder: string, database: OwnDatabase, sql: Client) {
    this.#folder = folder;
    this.#database = database;
    this.#sql = sql;
  }

  static async make(): Promise<Replicas> {
    const database = await ownDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'capstan-replicas-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    const sql = new Client({ connectionString: database.url });
    await sql.connect();
    return new Replicas(folder, database, sql);
  }

  /** @param agent the name of the agent in it, if it has one */
  async start(name: string, agent?: string): Promise<Replica> {
    const data = join(this.#folder, 'data');
    const url = `${this.#database.url}&application_name=${name}`;
    const child = spawn(process.execPath, [SERVED, data, '0', ...(agent ? [agent] : [])], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: data,
        CAPSTAN_DATABASE_URL: url,
        CAPSTAN_TEST_CHAIN: `${name}-${this.#ports++}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { address, keyFile, pid } = await ready(child);
    const key = readFileSync(keyFile, 'utf8').trim();
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const replica: Replica = {
      name,
      address,
      pid,
      client: createClient({ server: address, key }),
      signal: (signal) => void child.kill(signal),
      end: async (signal) => {
        child.kill(signal);
        await ended;
        this.#running.delete(replica);
      },
      request: (path, init = {}) =>
        fetch(`${address}/api/v1${path}`, {
          ...init,
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...init.headers },
        }),
    };
    this.#running.add(replica);
    return replica;
  }

  async sql<Row extends object>(text: string): Promise<Row[]> {
    return (await this.#sql.query<Row>(text)).rows;
  }

  async lease(): Promise<Lease | undefined> {
    const [row] = await this.sql<Lease>('SELECT holder, epoch::integer AS epoch FROM lease');
    return row;
  }

  /** The lease once it is held by that server. */
  async heldBy({ name, pid }: Replica): Promise<Lease> {
    let lease: Lease | undefined;
    await until(`${name} holds the lease`, async () => {
      lease = await this.lease();
      return lease?.holder.includes(`/${pid}/`) ?? false;
    });
    return lease as Lease;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const replica of [...this.#running]) {
      replica.signal('SIGCONT');
      await replica.end('SIGTERM');
    }
    await this.#sql.end();
    await this.#database[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function ready(child: ChildProcess): Promise<{ address: string; keyFile: string; pid: number }> {
  const said: string[] = [];
  child.stderr!.on('data', (text: Buffer) => said.push(text.toString()));
  return new Promise((resolve, reject) => {
    createInterface(child.stdout!).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said.join('')}`)));
  });
}
