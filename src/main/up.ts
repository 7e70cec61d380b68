/**
 * `capstan up`: server, embedded PostgreSQL and a local agent in one process, on loopback. Jobs and the
 * database outlive a kill of it, and the next `up` finds them again.
 */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { createLocalBlobs } from '../adapters/blobs/local-blobs.ts';
import { type DataHome, openDataHome } from '../adapters/data-home/open-data-home.ts';
import { reachableRuntime } from '../adapters/data-home/reachable-runtime.ts';
import type { EmbeddedPostgres } from '../adapters/embedded-postgres/embedded-postgres.ts';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/start-embedded-postgres.ts';
import { createProcessRunner, type ProcessRunner } from '../adapters/process/runner.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { authenticator, makeKey, newPepper, secretFile, writeSecret } from './identity.ts';
import { openLog } from './log.ts';
import { runLocalAgent } from './local-agent.ts';
import { systemChance, systemClock } from './system.ts';

export interface UpOptions {
  /** `--data`; default: the XDG data directory. */
  readonly data?: string | undefined;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Whom jobs run as when Capstan is root. */
  readonly jobsUser?: { readonly uid: number; readonly gid: number } | undefined;
  readonly logLevel: string;
  /** What is being done, for people: only what takes its time. */
  readonly onProgress: (message: string) => void;
}

export interface Up {
  readonly address: string;
  readonly keyFile: string;
  /** Jobs that hold processes now; they go on when this ends. */
  running(): Promise<number>;
  /** Called once when the database ends by itself: nothing works without it. */
  onLost(callback: (why: string) => void): void;
  /** Ends the server and the database; attempts go on under their shims. */
  close(): Promise<void>;
}

const AGENT = 'local';

/** @throws DataDirHeld, DataHomeError, EmbeddedPostgresError: each says what to do. */
export async function startUp(options: UpOptions): Promise<Up> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await assemble(options, undo);
  } catch (error) {
    await inTurn(undo);
    throw error;
  }
}

async function assemble(options: UpOptions, undo: (() => Promise<unknown>)[]): Promise<Up> {
  const home = await openDataHome({ dir: options.data, jobsUser: options.jobsUser });
  undo.unshift(() => home.close());
  const log = openLog({ level: options.logLevel, to: join(home.dir, 'capstan.log') });
  const postgres = await startDatabase(home, options);
  undo.unshift(() => postgres.stop());
  const pepper = Buffer.from(await secretFile(join(home.dir, 'pepper.key'), newPepper));
  const plane = await startControlPlane({
    connection: postgres.config,
    blobs: await createLocalBlobs({ dir: home.blobsDir }),
    pepper,
    host: options.host,
    port: options.port,
    replica: `${hostname()}/${process.pid}`,
    log,
  });
  undo.unshift(() => plane.close());
  await adminKey(home, plane, pepper);
  const runner = await startRunner(home);
  undo.unshift(() => runner.close());
  const over = new AbortController();
  const agent = runLocalAgent({ name: AGENT, runner, plane, log }, over.signal);
  undo.unshift(async () => {
    over.abort();
    await agent;
  });
  return handle({ home, plane, postgres, undo });
}

function handle(parts: { home: DataHome; plane: ControlPlane; postgres: EmbeddedPostgres; undo: (() => Promise<unknown>)[] }): Up {
  const { home, plane, postgres, undo } = parts;
  return {
    address: plane.address.url,
    keyFile: home.keyFile,
    running: async () => (await plane.ports.jobs.heldBy(AGENT)).length,
    onLost: (callback) => postgres.onExit(() => callback('the database has ended')),
    close: () => inTurn(undo),
  };
}

function startDatabase(home: DataHome, { onProgress }: UpOptions): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    postgresDir: home.postgresDir,
    runDir: home.runDir,
    runtimeDir: join(home.home, 'runtime'),
    user: home.users.postgres,
    onProgress: ({ phase, message }) => phase !== 'ready' && onProgress(message),
  });
}

async function startRunner(home: DataHome): Promise<ProcessRunner> {
  const node = await reachableRuntime(home, home.users.jobs);
  return createProcessRunner({
    root: home.jobsDir,
    nodeName: hostname(),
    runAs: home.users.jobs,
    nodeBinary: process.execPath,
    pathDirs: [dirname(node)],
  });
}

/** The first key, made when its file is not there, or no longer opens the door. */
async function adminKey(home: DataHome, plane: ControlPlane, pepper: Uint8Array): Promise<void> {
  const existing = await readFile(home.keyFile, 'utf8').catch(() => undefined);
  const opens = authenticator(plane.store.keys, pepper, systemClock.now);
  if (existing !== undefined && (await opens(existing.trim()))) return;
  const now = systemClock.now();
  const { key, record } = makeKey({ id: systemChance.uid(now), name: 'admin', roles: ['admin'], now }, pepper);
  await plane.store.keys.put(record);
  await writeSecret(home.keyFile, key);
}

async function inTurn(undo: (() => Promise<unknown>)[]): Promise<void> {
  for (const step of undo.splice(0)) await step();
}
