/** A directory for a server of the test run, which an unprivileged user can own where the run is root's. */
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody`; PostgreSQL refuses to run as root. */
export const UNPRIVILEGED: Ids | undefined =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

export interface Scratch {
  readonly path: string;
  remove(): Promise<void>;
}

export async function makeScratch(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), 'capstan-test-'));
  if (UNPRIVILEGED) await chown(path, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Tests write much and keep nothing. */
export const FAST_AND_LOOSE = { fsync: 'off', full_page_writes: 'off', max_connections: 200 } as const;
