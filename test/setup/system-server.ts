/** The system's PostgreSQL 15, the oldest that Capstan supports, started for a test run. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { StartedServer } from './postgres.ts';
import { FAST_AND_LOOSE, makeScratch, type Scratch, UNPRIVILEGED } from './scratch.ts';

const BIN = '/usr/lib/postgresql/15/bin';
const START_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 50;

export async function startSystem(): Promise<StartedServer> {
  const scratch = await makeScratch();
  let child: ChildProcess | undefined;
  try {
    initialise(scratch);
    child = launch(scratch);
    const admin = { host: scratch.path, port: 5432, user: 'capstan', database: 'postgres' };
    await accepting(admin, child);
    return { admin, stop: () => stop(child, scratch) };
  } catch (error) {
    await stop(child, scratch);
    throw error;
  }
}

function initialise({ path }: Scratch): void {
  const args = ['-D', join(path, 'data'), '-U', 'capstan', '-A', 'trust', '--no-sync', '-E', 'UTF8'];
  const made = spawnSync(join(BIN, 'initdb'), args, { ...UNPRIVILEGED, cwd: path, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
}

function launch({ path }: Scratch): ChildProcess {
  const settings = {
    ...FAST_AND_LOOSE,
    listen_addresses: '',
    unix_socket_directories: path,
    timezone: 'UTC',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn(join(BIN, 'postgres'), ['-D', join(path, 'data'), ...args], {
    ...UNPRIVILEGED,
    cwd: path,
    stdio: 'ignore',
  });
}

async function accepting(admin: ClientConfig, child: ChildProcess): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    const client = new Client(admin);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > limit) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
    await delay(LOOK_EVERY_MS);
  }
}

/** SIGINT is PostgreSQL's fast shutdown. */
async function stop(child: ChildProcess | undefined, scratch: Scratch): Promise<void> {
  if (child && child.exitCode === null && child.kill('SIGINT')) await once(child, 'exit');
  await scratch.remove();
}
