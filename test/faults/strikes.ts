/** What is done to the installation: one entry for each kind of fault. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Installation } from './installation.ts';
import type { Ledger } from './ledger.ts';
import { backendsOf, hit, shimsOf } from './processes.ts';

export interface Battlefield {
  readonly installation: Installation;
  /** The other server on the same database, in the stage of two. */
  readonly partner?: Installation | undefined;
  readonly ledger: Ledger;
  readonly chance: Chance;
  /** How long a server stays frozen, milliseconds. */
  readonly freezeMs: number;
  /** A small file system that holds the jobs' directory, when one could be mounted. */
  readonly smallDisk?: string | undefined;
  /** The same, under the database. */
  readonly databaseDisk?: string | undefined;
  /** The file that the server's clock goes by, when libfaketime is there. */
  readonly clockFile?: string | undefined;
  /** Loses the answer of the next write, when a proxy stands before the database. */
  readonly loseAnswer?: (() => Promise<boolean>) | undefined;
}

/** @returns false when there was nothing to hit */
export type Strike = (on: Battlefield) => Promise<boolean>;

const killServer: Strike = async ({ installation, chance }) => {
  await installation.kill('SIGKILL');
  await delay(chance.next() * 500);
  await installation.up();
  return true;
};

const killPostmaster: Strike = async ({ installation }) => {
  const pid = installation.postmaster;
  return pid !== undefined && hit(pid, 'SIGKILL');
};

const killBackend: Strike = async ({ installation, chance }) => {
  const { postmaster } = installation;
  const pid = postmaster === undefined ? undefined : chance.pick(backendsOf(postmaster, 'capstan'));
  return pid !== undefined && hit(pid, 'SIGKILL');
};

const killShim: Strike = async ({ ledger, chance }) => {
  const shim = chance.pick(shimsOf(ledger.uids));
  return shim !== undefined && hit(shim.pid, 'SIGKILL');
};

const killBoth: Strike = async ({ installation }) => {
  const { postmaster } = installation;
  if (postmaster !== undefined) hit(postmaster, 'SIGKILL');
  await installation.kill('SIGKILL');
  await installation.up();
  return true;
};

const killAll: Strike = async (on) => {
  for (const { pid } of shimsOf(on.ledger.uids).slice(0, 3)) hit(pid, 'SIGKILL');
  return killBoth(on);
};

const freezeServer: Strike = async ({ installation, freezeMs }) => {
  const { pid } = installation;
  if (pid === undefined || !hit(pid, 'SIGSTOP')) return false;
  await delay(freezeMs);
  return hit(pid, 'SIGCONT');
};

/** Two servers on one database: both at once, with whatever each was doing. */
const killBothServers: Strike = async ({ installation, partner }) => {
  if (!partner) return false;
  await Promise.all([installation.kill('SIGKILL'), partner.kill('SIGKILL')]);
  await Promise.all([installation.up(), partner.up()]);
  return true;
};

const killEitherServer: Strike = async ({ installation, partner, chance }) => {
  if (!partner) return false;
  const one = chance.happens(0.5) ? installation : partner;
  await one.kill('SIGKILL');
  await delay(chance.next() * 3000);
  await one.up();
  return true;
};

/** Longer than a lease: the other schedules meanwhile, and this one must notice when it wakes. */
const FROZEN_MS = 7000;

const freezeEitherServer: Strike = async ({ installation, partner, chance }) => {
  const pid = (chance.happens(0.5) ? installation : partner)?.pid;
  if (!partner || pid === undefined || !hit(pid, 'SIGSTOP')) return false;
  await delay(FROZEN_MS);
  return hit(pid, 'SIGCONT');
};

const FULL_MS = 3000;

const fillDisk: Strike = async ({ smallDisk }) => fill(smallDisk);

/** Under the database: it can not write its log, and ends; what was acknowledged is there when it is back. */
const fillDatabaseDisk: Strike = async ({ databaseDisk }) => fill(databaseDisk);

async function fill(smallDisk: string | undefined): Promise<boolean> {
  if (smallDisk === undefined) return false;
  const ballast = join(smallDisk, '.ballast');
  const { bavail, bsize } = await statfs(smallDisk);
  try {
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
  } catch {
    // Full before the last byte: that is the point.
  }
  await delay(FULL_MS);
  rmSync(ballast, { force: true });
  return true;
}

const HOUR = 3600;
const JUMP_MS = 4000;

const jumpClock: Strike = async ({ clockFile, chance }) => {
  if (clockFile === undefined) return false;
  writeFileSync(clockFile, `${chance.happens(0.5) ? '+' : '-'}${HOUR}s\n`);
  await delay(JUMP_MS);
  writeFileSync(clockFile, '+0s\n');
  return true;
};

const cutCommit: Strike = async ({ loseAnswer }) => (await loseAnswer?.()) ?? false;

export const STRIKES = {
  'kill server': killServer,
  'kill postmaster': killPostmaster,
  'kill backend': killBackend,
  'kill shim': killShim,
  'kill server and postmaster': killBoth,
  'kill server, postmaster and shims': killAll,
  'freeze server': freezeServer,
  'kill both servers': killBothServers,
  'kill either server': killEitherServer,
  'freeze either server': freezeEitherServer,
  'fill disk': fillDisk,
  'fill database disk': fillDatabaseDisk,
  'jump clock': jumpClock,
  'cut commit': cutCommit,
} as const satisfies Readonly<Record<string, Strike>>;

export type StrikeName = keyof typeof STRIKES;

/** At the workers of tasks, see `tasks/crew.ts`. */
export type WorkerStrike = 'kill worker' | 'freeze worker' | 'half-open connection';

/** Those that end a process with SIGKILL. */
export const KILLS: ReadonlySet<string> = new Set<StrikeName | WorkerStrike>([
  'kill worker',
  'kill server',
  'kill postmaster',
  'kill backend',
  'kill shim',
  'kill server and postmaster',
  'kill server, postmaster and shims',
  'kill both servers',
  'kill either server',
]);

export type Offer<T> = { readonly has: T } | { readonly skipped: string };

const FAKETIME = ['/usr/lib/x86_64-linux-gnu/faketime', '/usr/lib/aarch64-linux-gnu/faketime'].map((dir) =>
  join(dir, 'libfaketimeMT.so.1'),
);

/** What makes a process's clock go by a file. Timers keep to the monotonic clock, as they do in life. */
export function fakeClock(file: string): Offer<Readonly<Record<string, string>>> {
  const library = FAKETIME.find((path) => existsSync(path));
  if (library === undefined) return { skipped: 'libfaketime is not installed (Debian: faketime)' };
  writeFileSync(file, '+0s\n');
  return {
    has: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_CACHE_DURATION: '1',
    },
  };
}

/** A small file system in place of a directory. Only root may mount, and not in every container. */
export function mountSmall(dir: string, megabytes: number): Offer<string> {
  if (process.getuid?.() !== 0) return { skipped: 'only root can mount a small file system' };
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'tmpfs', dir], {
      stdio: 'pipe',
    });
    return { has: dir };
  } catch (error) {
    return { skipped: `mount failed: ${error instanceof Error ? error.message.split('\n').at(-1) : error}` };
  }
}

export function unmount(dir: string): void {
  execFileSync('umount', ['-l', dir], { stdio: 'pipe' });
}
