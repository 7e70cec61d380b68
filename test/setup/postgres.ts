/**
 * The PostgreSQL of a test run: the one at CAPSTAN_TEST_DATABASE_URL, or one that is started here and
 * gone with the run. CAPSTAN_TEST_POSTGRES chooses `embedded` (the default) or `system`, which is the
 * oldest version that Capstan supports where a machine has it.
 */
import { randomBytes } from 'node:crypto';
import type { ClientConfig } from 'pg';
import type { TestProject } from 'vitest/node';
import { openStore } from '../../src/adapters/postgres/open-store.ts';
import { administer } from '../../src/adapters/postgres/testing/administer.ts';
import { startEmbedded } from './embedded-server.ts';
import { startSystem } from './system-server.ts';

/** A server that tests may fill with databases. */
export interface StartedServer {
  readonly admin: ClientConfig;
  stop(): Promise<void>;
}

export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = await start();
  const template = `capstan_template_${randomBytes(6).toString('hex')}`;
  try {
    await makeTemplate(server.admin, template);
  } catch (error) {
    await server.stop();
    throw error;
  }
  provide('postgres', { admin: server.admin, template });
  return async () => {
    await administer(server.admin, `DROP DATABASE ${template} WITH (FORCE)`);
    await server.stop();
  };
}

function start(): Promise<StartedServer> {
  const url = process.env.CAPSTAN_TEST_DATABASE_URL;
  if (url) return Promise.resolve(given(url));
  const kind = process.env.CAPSTAN_TEST_POSTGRES ?? 'embedded';
  if (kind === 'embedded') return startEmbedded();
  if (kind === 'system') return startSystem();
  throw new Error(`CAPSTAN_TEST_POSTGRES is ${kind}: choose embedded or system`);
}

function given(url: string): StartedServer {
  const { username, password, hostname, port, pathname, searchParams } = new URL(url);
  const admin = {
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    host: searchParams.get('host') ?? hostname,
    port: Number(port || 5432),
    database: decodeURIComponent(pathname.slice(1)),
  };
  return { admin, stop: () => Promise.resolve() };
}

async function makeTemplate(admin: ClientConfig, name: string): Promise<void> {
  await administer(admin, `CREATE DATABASE ${name}`);
  const store = await openStore({ connection: { ...admin, database: name }, clock: Date, allowUnsafe: true });
  try {
    await store.migrate();
  } finally {
    await store.close();
  }
}
