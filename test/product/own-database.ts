/** `capstan server` on a database that is not embedded in it: one that a test can take away and bring back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openDataHome } from '../../src/adapters/data-home/open-data-home.ts';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres/start-embedded-postgres.ts';
import { ROOT } from './product.ts';

export interface OwnDatabase extends AsyncDisposable {
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function ownDatabase(): Promise<OwnDatabase> {
  const dir = mkdtempSync(join(tmpdir(), 'capstan-database-'));
  const home = await openDataHome({ dir });
  const start = () =>
    startEmbeddedPostgres({
      postgresDir: home.postgresDir,
      runDir: home.runDir,
      runtimeDir: join(home.home, 'runtime'),
      user: home.users.postgres,
    });
  let current = await start();
  const { user, password, host, port, database } = current.config;
  return {
    url: `postgres://${user}:${encodeURIComponent(password)}@/${database}?host=${encodeURIComponent(host)}&port=${port}`,
    stop: () => current.stop(),
    start: async () => {
      current = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await current.stop();
      await home.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface OwnServer extends AsyncDisposable {
  readonly address: string;
  readonly data: string;
  readonly key: string;
  readonly child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  request(method: string, path: string, body?: unknown): Promise<Response>;
}

/**
 * @param more for the server's environment
 * @param like a replica of the same installation: with the same pepper and key
 */
export async function ownServer(
  databaseUrl: string,
  more: Record<string, string> = {},
  like?: OwnServer,
): Promise<OwnServer> {
  const data = mkdtempSync(join(tmpdir(), 'capstan-server-'));
  for (const name of like ? ['pepper.key', 'admin.key'] : [])
    cpSync(join(like?.data ?? '', name), join(data, name));
  const env = { PATH: process.env.PATH ?? '', HOME: data, CAPSTAN_DATABASE_URL: databaseUrl, ...more };
  const args = [join(ROOT, 'bin/capstan.js'), 'server', '--data', data, '--port', '0'];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (text: Buffer) => said.push(text.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { address, keyFile } = await new Promise<{ address: string; keyFile: string }>((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`capstan server ended with ${code}: ${said.join('')}`)));
  });
  const key = readFileSync(keyFile, 'utf8').trim();
  return {
    address,
    data,
    key,
    child,
    output: () => said.join(''),
    request: (method, path, body) => {
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      return fetch(`${address}/api/v1${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}
