/** The other queues, each in a process of its own and on a store of its own: its figures are its best ones. */
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { check } from '../harness/check.ts';
import type { BenchDatabase } from '../harness/database.ts';
import { output } from '../harness/programs.ts';
import { type Fsync, hasRedis, startRedis } from './redis.ts';

const PACKAGE = join(import.meta.dirname, '..');
const MARKER = join(PACKAGE, 'node_modules/.capstan-installed');

export type Mode = 'add' | 'cycle';

export interface Peer {
  readonly name: string;
  /** Jobs a second, of one run. */
  measure(mode: Mode, ms: number): Promise<number>;
}

/** What is installed is what the lock file says, or it is installed again. */
export function installPeers(): void {
  const lock = readFileSync(join(PACKAGE, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(MARKER) && readFileSync(MARKER, 'utf8') === wanted) return;
  console.error('Installing the packages of bench (once) …');
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const args = [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(command, args, { cwd: PACKAGE, stdio: ['ignore', 2, 2] });
  check(status === 0, 'npm ci in bench ends with 0');
  writeFileSync(MARKER, wanted);
}

/** BullMQ is left out, with a word, where there is no Redis. */
export function peersOn(database: BenchDatabase, dir: string): readonly Peer[] {
  installPeers();
  const onRedis = hasRedis();
  if (!onRedis) console.error('BullMQ is left out: redis-server is not installed');
  return [
    ...(onRedis ? [bullmq('everysec', dir), bullmq('always', dir)] : []),
    onPostgres('pg-boss', database),
    onPostgres('graphile-worker', database),
  ];
}

function bullmq(fsync: Fsync, dir: string): Peer {
  return {
    name: `BullMQ, appendfsync ${fsync}`,
    async measure(mode, ms) {
      await using redis = await startRedis(join(dir, `redis-${randomUUID()}`), fsync);
      return await rateOf('bullmq', [mode, redis.path, String(ms)]);
    },
  };
}

function onPostgres(name: string, database: BenchDatabase): Peer {
  return {
    name,
    async measure(mode, ms) {
      await using fresh = await freshDatabase(database);
      return await rateOf(name, [mode, fresh.url, String(ms)]);
    },
  };
}

export interface Fresh extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
}

/** On the same PostgreSQL, with the same settings. */
export async function freshDatabase(database: BenchDatabase): Promise<Fresh> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  await executed(database, `CREATE DATABASE ${name}`);
  const url = new URL(database.url.replace('@/', '@localhost/'));
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href.replace('@localhost/', '@/'),
    [Symbol.asyncDispose]: () => executed(database, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function executed({ config }: BenchDatabase, text: string): Promise<void> {
  const client = new pg.Client({ ...config, ssl: false });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

async function rateOf(program: string, args: readonly string[]): Promise<number> {
  const said = await output([process.execPath, join(PACKAGE, 'peers', `${program}.mjs`), ...args]);
  const { count, seconds } = JSON.parse(said) as { count: number; seconds: number };
  check(count > 0, `${program} does something`);
  return count / seconds;
}
