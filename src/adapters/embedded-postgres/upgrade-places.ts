/**
 * Where an upgrade stands on disk, so that a kill at any moment leaves one database that counts.
 *
 *     upgrade/        the new cluster while it is filled: removed by the next start
 *     upgraded/       the same, whole, verified, shut down: a rename made it so, and from here on it counts
 *     data-15-TIME/   the old cluster, kept
 *
 * What a kill leaves of the switch after that rename is finished by the next start.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterPaths } from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { majorOf, removeDrafts, syncDirectory } from './initialise.ts';
import { goneWithin, processesIn, signal } from './processes.ts';
import { LOCAL_SETTINGS_FILE } from './settings.ts';

export interface KeptCluster {
  readonly path: string;
  readonly major: number;
  /** When it was set aside. */
  readonly since: Date;
}

/** How long an old cluster is kept, in milliseconds: long enough to notice what an upgrade broke. */
export const KEPT = 30 * 86_400_000;
/** How long what is left of a killed upgrade may take to die, in milliseconds. */
const KILL_PATIENCE = 5000;
const KEPT_NAME = /^data-(\d+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/;

export const draftOf = (area: string) => join(area, 'upgrade');
const finishedOf = (area: string) => join(area, 'upgraded');

/** Ends and removes what a killed upgrade left of its new cluster. */
export async function discardDraft(area: string): Promise<void> {
  const draft = draftOf(area);
  if (!(await exists(draft))) return;
  await removeDrafts({ area: draft });
  const left = await processesIn(join(draft, 'data'));
  for (const known of left) signal(known, 'SIGKILL');
  if (!(await goneWithin(KILL_PATIENCE, ...left))) {
    throw new EmbeddedPostgresError('UpgradeLeftovers', {
      message: `processes of an upgrade that was cut off do not end: ${left.map(({ pid }) => pid).join(', ')}`,
      next: 'They hang in the kernel, most likely on its disk; see to that, then start again.',
    });
  }
  await rm(draft, { recursive: true, force: true });
}

/** The moment from which the new cluster counts: it is whole, and nobody runs it, nor the old one. */
export async function commitDraft({ area, data }: Pick<ClusterPaths, 'area' | 'data'>): Promise<void> {
  await writeFile(join(draftOf(area), ORIGIN), await controlDigest(data), { mode: 0o600, flush: true });
  await syncDirectory(draftOf(area));
  await rename(draftOf(area), finishedOf(area));
  await syncDirectory(area);
}

/** In the new cluster's directory: what the old one's control file was when the copy was made. */
const ORIGIN = 'origin';

/** PostgreSQL writes it at each start: the same digest means that nobody ran it since. */
export async function controlDigest(data: string): Promise<string> {
  const control = await readFile(join(data, 'global', 'pg_control')).catch(() => '');
  return createHash('sha256').update(control).digest('hex');
}

/**
 * Puts the new cluster in the old one's place, when it counts; each step may have been done by a start
 * that was killed. An old one that somebody ran since has more than its copy: then the copy is removed.
 * Returns the old cluster when this call, or one that was killed, set it aside.
 */
export async function finishSwitch(
  { area, data }: Pick<ClusterPaths, 'area' | 'data'>,
  now: Date,
): Promise<KeptCluster | undefined> {
  const finished = finishedOf(area);
  if (!(await exists(finished))) return undefined;
  // Gone from there: the second rename was done, and only the empty directory is left.
  if (await exists(join(finished, 'data'))) {
    if (!(await isCopyOf(finished, { area, data }))) {
      await rm(finished, { recursive: true, force: true });
      return undefined;
    }
    if (await exists(data)) await setAside({ area, data }, now);
    await rename(join(finished, 'data'), data);
    await syncDirectory(area);
  }
  await rm(finished, { recursive: true, force: true });
  return (await keptClusters(area))[0];
}

/** What stands in `data` while the origin is set aside already is nobody's origin, and makes way. */
async function isCopyOf(
  finished: string,
  { area, data }: Pick<ClusterPaths, 'area' | 'data'>,
): Promise<boolean> {
  const origin = await readFile(join(finished, ORIGIN), 'utf8').catch(() => '');
  const places = [data, ...(await keptClusters(area)).map(({ path }) => path)];
  const digests = await Promise.all(places.map(controlDigest));
  return digests.includes(origin);
}

async function setAside({ area, data }: Pick<ClusterPaths, 'area' | 'data'>, now: Date): Promise<void> {
  const time = now.toISOString().replace(/[-:]|\.\d+Z$/g, '');
  await rename(data, join(area, `data-${(await majorOf({ data })) ?? 0}-${time}`));
}

/** Newest first. */
export async function keptClusters(area: string): Promise<readonly KeptCluster[]> {
  const names = await readdir(area).catch(() => []);
  const found = names.flatMap((name) => {
    const [, major, y, m, d, h, min, s] = KEPT_NAME.exec(name) ?? [];
    if (major === undefined) return [];
    return [
      { path: join(area, name), major: Number(major), since: new Date(`${y}-${m}-${d}T${h}:${min}:${s}Z`) },
    ];
  });
  return found.sort((a, b) => b.since.getTime() - a.since.getTime());
}

/** Removes those that were kept for long enough; their paths. */
export async function removeOldKept(area: string, now: Date): Promise<readonly string[]> {
  const old = (await keptClusters(area)).filter(({ since }) => now.getTime() - since.getTime() > KEPT);
  for (const { path } of old) await rm(path, { recursive: true, force: true });
  return old.map(({ path }) => path);
}

/** What a person wrote there, to be taken along; undefined when there is no such file. */
export async function localSettingsOf(data: string): Promise<string | undefined> {
  return readFile(join(data, LOCAL_SETTINGS_FILE), 'utf8').catch(() => undefined);
}

/** @throws EmbeddedPostgresError `UpgradeNoRoom`: the new cluster is at most as large as the old, with its log beside */
export async function checkRoom({ area, data }: Pick<ClusterPaths, 'area' | 'data'>): Promise<void> {
  const needed = (await bytesIn(data)) + SPARE;
  const { bavail, bsize } = await statfs(area);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new EmbeddedPostgresError('UpgradeNoRoom', {
    message: `the upgrade needs ${megabytes(needed)} in ${area} for a second copy of the database, ${megabytes(free)} are free`,
    next: 'Make room there and start again; the old database is as it was.',
  });
}

/** For the log of what is written, in bytes: `max_wal_size` and a little. */
const SPARE = 1_200_000_000;

export const megabytes = (bytes: number) => `${Math.ceil(bytes / 1_000_000)} MB`;

/** Of all files, in bytes. */
export async function bytesIn(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  let sum = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    sum += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return sum;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
