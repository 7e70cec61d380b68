/**
 * Makes the database cluster, once. initdb works in a draft directory which is renamed into place
 * when all of it is on disk: a killed initdb leaves a draft, never half a database.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFile,
  chown,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClusterPaths,
  DATABASE_USER,
  type EmbeddedPostgresOptions,
  type UserIds,
} from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { goneWithin, processesIn, signal } from './processes.ts';
import { startProgram, tailOf } from './run-program.ts';
import type { Runtime } from './runtime-copy.ts';
import { LOCAL_SETTINGS_FILE, SETTINGS_FILE } from './settings.ts';

const DRAFT = 'initdb-';
/** How long what is left of a killed initdb may take to die, in milliseconds. */
const KILL_PATIENCE = 5000;

export async function isInitialised(paths: ClusterPaths): Promise<boolean> {
  return (await stat(paths.data).catch(() => undefined)) !== undefined;
}

/** The major version that made the cluster; undefined when its file cannot be read. */
export async function majorOf({ data }: Pick<ClusterPaths, 'data'>): Promise<number | undefined> {
  const text = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '');
  return /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}

/** @throws EmbeddedPostgresError `VersionMismatch` when another major version made the cluster. */
export async function checkVersion(paths: ClusterPaths, runtime: Runtime): Promise<void> {
  const made = await majorOf(paths);
  if (made !== runtime.major) throw versionMismatch(paths, made, runtime.major);
}

export function versionMismatch(
  { data }: Pick<ClusterPaths, 'data'>,
  made: number | undefined,
  ours: number,
): EmbeddedPostgresError {
  const binaries =
    made === undefined || made > ours
      ? ''
      : `Install PostgreSQL ${made} (Debian: \`apt-get install postgresql-${made}\`) and start again: its binaries are found and the database is upgraded. Or run`;
  const way = `\`capstan backup --with-keys\` with the release that made it, then \`capstan restore --with-keys\` into a new directory with this one (docs/backup.md)`;
  return new EmbeddedPostgresError('VersionMismatch', {
    message: `the database in ${data} was made by PostgreSQL ${made ?? '?'}, this Capstan has ${ours}`,
    next: `${binaries || 'Run'} ${way}.`,
  });
}

/** Needs the password's file; the result is durable. */
export async function initialise(
  paths: ClusterPaths,
  runtime: Runtime,
  { user, localSettings }: Pick<EmbeddedPostgresOptions, 'user' | 'localSettings'>,
): Promise<void> {
  await removeDrafts(paths);
  const draft = join(paths.area, `${DRAFT}${randomBytes(6).toString('hex')}`);
  await mkdir(draft, { mode: 0o700 });
  if (user) await chown(draft, user.uid, user.gid);
  await runInitdb(paths, { draft, runtime, user });
  await includeSettings(draft, localSettings ?? FIRST_LOCAL_SETTINGS, user);
  await rename(draft, paths.data);
  await syncDirectory(paths.area);
}

/** The drafts of starters that were killed; their initdb may still be at work. */
export async function removeDrafts({ area }: Pick<ClusterPaths, 'area'>): Promise<void> {
  const names = await readdir(area);
  for (const draft of names.filter((name) => name.startsWith(DRAFT)).map((name) => join(area, name))) {
    const left = await processesIn(draft);
    for (const known of left) signal(known, 'SIGKILL');
    await goneWithin(KILL_PATIENCE, ...left);
    await rm(draft, { recursive: true, force: true });
  }
}

interface InitdbRun {
  readonly draft: string;
  readonly runtime: Runtime;
  readonly user: UserIds | undefined;
}

async function runInitdb(paths: ClusterPaths, { draft, runtime, user }: InitdbRun): Promise<void> {
  const output = join(paths.log, 'initdb.log');
  const args = initdbArguments(draft, paths.password);
  const child = await startProgram({ path: runtime.initdb, args, cwd: draft, output, user, detached: false });
  const [code, killedBy] = (await once(child, 'exit')) as [number | null, string | null];
  if (code === 0) return;
  throw initFailed(`initdb ended with ${killedBy ?? `code ${code}`}: ${await tailOf(output)}`, output);
}

function initFailed(message: string, output: string): EmbeddedPostgresError {
  if (/could not look up effective user/.test(message)) {
    return new EmbeddedPostgresError('UserUnknown', {
      message,
      next: 'Run Capstan as a user who has a name in /etc/passwd, or give a database of your own by its URL.',
    });
  }
  const next = `See ${output}; starting again begins anew.`;
  return new EmbeddedPostgresError('InitFailed', { message, next });
}

/**
 * One sync of the file system instead of a thousand of files: 0.8–1.9 s against 1.1–3.6 s on a
 * machine whose disk is busy; the same on one that is not.
 */
const SYNC = process.platform === 'linux' ? ['--sync-method=syncfs'] : [];

/** Collation by code point, the same on every machine: the operating system's may change under an index. */
function initdbArguments(draft: string, passwordFile: string): readonly string[] {
  return [
    `--pgdata=${draft}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--no-instructions',
    ...SYNC,
  ];
}

const FIRST_LOCAL_SETTINGS = '# Read last: settings here win. Never written again.\n';

async function includeSettings(draft: string, own: string, user: UserIds | undefined): Promise<void> {
  const local = join(draft, LOCAL_SETTINGS_FILE);
  await writeFile(local, own, { mode: 0o600, flush: true });
  if (user) await chown(local, user.uid, user.gid);
  const lines = `\ninclude '${SETTINGS_FILE}'\ninclude '${LOCAL_SETTINGS_FILE}'\n`;
  await appendFile(join(draft, 'postgresql.conf'), lines, { flush: true });
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
