/** Stages that have the database in their own hands: to lose its answers, to share it, to fill its disk. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openDataHome } from '../../src/adapters/data-home/open-data-home.ts';
import type { EmbeddedPostgres } from '../../src/adapters/embedded-postgres/embedded-postgres.ts';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres/start-embedded-postgres.ts';
import { type CampaignOptions, end, plansOf, type Size, type Stage } from './campaign.ts';
import { CAPSTAN_UP, Installation, type Program } from './installation.ts';
import { openLossyProxy } from './lossy-proxy.ts';
import { fakeClock, mountSmall, type StrikeName, unmount } from './strikes.ts';

const SERVED = join(import.meta.dirname, 'served.ts');

/** A tenth of the killing stage's. */
function roundsOf({ rounds }: Size, strikes: () => readonly StrikeName[]): (readonly StrikeName[])[] {
  return Array.from({ length: Math.max(1, Math.floor(rounds / 10)) }, strikes);
}

interface OwnPostgres {
  readonly postgres: EmbeddedPostgres;
  close(): Promise<void>;
}

/** @param clock by which it is to go: a library and a file */
async function ownPostgres(folder: string, clock?: Readonly<Record<string, string>>): Promise<OwnPostgres> {
  const dir = join(folder, 'database');
  mkdirSync(dir);
  const home = await openDataHome({ dir });
  const options = {
    postgresDir: home.postgresDir,
    runDir: home.runDir,
    runtimeDir: join(home.home, 'runtime'),
    user: home.users.postgres,
  };
  let postgres = await startEmbeddedPostgres(options);
  if (clock) {
    // The binaries are copied by the first start; what stands before the copy sets its clock.
    await postgres.stop();
    clockBefore(options.runtimeDir, clock);
    postgres = await startEmbeddedPostgres(options);
  }
  return {
    postgres,
    close: async () => {
      await postgres.stop();
      await home.close();
    },
  };
}

/** Puts a script in the place of each copied `postgres`, which runs the real one by another clock. */
function clockBefore(runtimeDir: string, clock: Readonly<Record<string, string>>): void {
  for (const name of readdirSync(runtimeDir)) {
    const binary = join(runtimeDir, name, 'bin/postgres');
    if (!existsSync(binary)) continue;
    renameSync(binary, `${binary}.real`);
    writeFileSync(binary, wrapper(`${binary}.real`, clock), { mode: 0o755 });
  }
}

function wrapper(program: string, clock: Readonly<Record<string, string>>): string {
  const settings = Object.entries(clock).map(([name, value]) => `export ${name}='${value}'`);
  return ['#!/bin/sh', ...settings, `exec '${program}' "$@"`, ''].join('\n');
}

function urlOf({ config }: EmbeddedPostgres, socketDir = config.host): string {
  const { user, password, port, database } = config;
  return `postgres://${user}:${encodeURIComponent(password)}@/${database}?host=${encodeURIComponent(socketDir)}&port=${port}`;
}

/** A server on a database of its own, behind a proxy that loses the answers to commits. */
export async function lostAnswers({ size }: CampaignOptions): Promise<Stage> {
  const env: Record<string, string> = {};
  const program: Program = { argv: ({ data, port }) => [SERVED, data, String(port), 'local'], env };
  const installation = await Installation.make(program);
  const own = await ownPostgres(installation.folder);
  const { host, port } = own.postgres.config;
  const proxy = await openLossyProxy({ socketDir: host, port, at: join(installation.folder, 'p') });
  env.CAPSTAN_DATABASE_URL = urlOf(own.postgres, proxy.socketDir);
  await installation.up();
  const rounds = roundsOf(size, () => [
    ...Array.from({ length: Math.max(4, size.strikesPerRound * 2) }, () => 'cut commit' as const),
    'kill server' as const,
  ]);
  return {
    name: 'lost answers',
    program,
    installation,
    field: { loseAnswer: () => proxy.loseAnswer() },
    plans: plansOf('lost', { ...size, jobsPerRound: Math.min(size.jobsPerRound, 120) }, rounds),
    close: async () => {
      await installation.kill('SIGTERM');
      proxy.close();
      await own.close();
      installation.remove();
    },
  };
}

/**
 * Two servers on one database, one of them with the agent, and clients that go to either. Where libfaketime is
 * there, the clocks of the database and of the shims jump; those of the servers stay.
 */
export async function twoServers(options: CampaignOptions): Promise<Stage> {
  const { size, onSkip } = options;
  const env: Record<string, string> = {};
  const program: Program = { argv: ({ data, port }) => [SERVED, data, String(port), 'local'], env };
  const installation = await Installation.make(program);
  const partner = await Installation.make({
    argv: ({ port }) => [SERVED, installation.data, String(port)],
    env,
  });
  const clock = fakeClock(join(installation.folder, 'clock'));
  if ('skipped' in clock) onSkip('clock jumps of database and shims', clock.skipped);
  const faked = 'has' in clock ? clock.has : undefined;
  const own = await ownPostgres(installation.folder, faked);
  env.CAPSTAN_DATABASE_URL = urlOf(own.postgres);
  if (faked) {
    chmodSync(faked.FAKETIME_TIMESTAMP_FILE ?? '', 0o644);
    const node = join(installation.folder, 'node-by-another-clock');
    writeFileSync(node, wrapper(process.execPath, faked), { mode: 0o755 });
    env.CAPSTAN_TEST_SHIM_NODE = node;
  }
  await introduce(installation, partner);
  const rounds = roundsOf(size, () => [
    'kill either server',
    ...(faked ? (['jump clock'] as const) : []),
    'kill both servers',
    'freeze either server',
    'kill shim',
    'kill both servers',
  ]);
  return {
    name: 'two servers',
    program,
    installation,
    field: { partner, clockFile: faked?.FAKETIME_TIMESTAMP_FILE },
    plans: plansOf('pair', { ...size, overMs: Math.max(size.overMs, 16_000) }, rounds),
    close: async () => {
      await Promise.all([installation.kill('SIGTERM'), partner.kill('SIGTERM')]);
      await own.close();
      partner.remove();
      installation.remove();
    },
  };
}

/** Each pins the key by which the other signs the audit, as whoever runs replicas does. */
async function introduce(installation: Installation, partner: Installation): Promise<void> {
  const dirs = [installation, partner].map(({ port }) => join(installation.data, `audit-${port}`));
  for (const one of [installation, partner]) await one.up();
  for (const one of [installation, partner]) await one.kill('SIGTERM');
  dirs.forEach((dir, index) => {
    const own = readdirSync(dir).filter((name) => name.endsWith('.pub'));
    for (const name of own) copyFileSync(join(dir, name), join(dirs[1 - index] ?? dir, `other-${name}`));
  });
  for (const one of [installation, partner]) await one.up();
}

const DATABASE_DISK_MB = 300;

/** `capstan up` whose database lies on a small file system that fills up. */
export async function databaseDisk({ size, onSkip }: CampaignOptions): Promise<Stage | undefined> {
  const installation = await Installation.make();
  await installation.up();
  await installation.kill('SIGTERM');
  const dir = join(installation.home, 'postgres');
  const kept = join(installation.folder, 'postgres-before');
  renameSync(dir, kept);
  mkdirSync(dir);
  const disk = mountSmall(dir, DATABASE_DISK_MB);
  if ('skipped' in disk) {
    onSkip('a full disk under the database', disk.skipped);
    await end(installation);
    return undefined;
  }
  copyTree(kept, dir);
  await installation.up();
  const rounds = roundsOf(size, () => ['fill database disk', 'kill server']);
  return {
    name: 'a full disk under the database',
    program: CAPSTAN_UP,
    installation,
    field: { databaseDisk: disk.has },
    plans: plansOf('database', { ...size, jobsPerRound: Math.min(size.jobsPerRound, 40) }, rounds),
    close: async () => {
      await installation.kill('SIGTERM');
      unmount(disk.has);
      installation.remove();
    },
  };
}

/** With owners and modes: the database starts on nothing else. */
function copyTree(from: string, to: string): void {
  execFileSync('cp', ['-a', `${from}/.`, to]);
}
