/**
 * `capstan backup`: the store of an installation into one file, while it runs or while it does not. A
 * database that somebody runs is read as one more client; one that nobody runs is started for it.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BackupError } from '../adapters/backup/errors.ts';
import { KEY_FILE, type Manifest } from '../adapters/backup/format.ts';
import { verifyBackup } from '../adapters/backup/read-backup.ts';
import { checkPassphrase } from '../adapters/backup/seal.ts';
import { type Connection, openSnapshot } from '../adapters/backup/snapshot.ts';
import { writeBackup } from '../adapters/backup/write-backup.ts';
import { listLocalBlobs } from '../adapters/blobs/list-local-blobs.ts';
import { defaultDataDir, type Environment } from '../adapters/data-home/data-dir.ts';
import { DataDirHeld } from '../adapters/data-home/errors.ts';
import { type FoundDataHome, findDataHome } from '../adapters/data-home/find-data-home.ts';
import { openDataHome } from '../adapters/data-home/open-data-home.ts';
import { findRunningPostgres } from '../adapters/embedded-postgres/find-running.ts';
import type { BackupFacts } from '../cli/local/backup.ts';
import { VERSION } from '../core/version.ts';
import { loadConfig } from './config/load.ts';
import { ownDatabaseOf } from './config/own-database.ts';
import { startDatabaseAsItIs } from './embedded-database.ts';
import { every } from './progress.ts';
import { systemClock } from './system.ts';

export interface BackupCommand {
  readonly to: string;
  readonly data: string | undefined;
  /** With the keys, sealed under it. */
  readonly passphrase: string | undefined;
  readonly env: Environment;
  readonly cwd: string;
  readonly say: (line: string) => void;
}

/** What is read from, until it is closed. */
interface Origin {
  readonly connection: Connection;
  /** Keys and blobs beside the database. */
  readonly dir: string;
  close(): Promise<void>;
}

/** @throws BackupError, DataHomeError, EmbeddedPostgresError: each says what to do */
export async function runBackup(command: BackupCommand): Promise<BackupFacts> {
  if (command.passphrase !== undefined) checkPassphrase(command.passphrase);
  const file = resolve(command.cwd, command.to);
  const origin = await openOrigin(command);
  try {
    const snapshot = await openSnapshot(origin.connection);
    try {
      const { passphrase } = command;
      const tell = every(2000, systemClock.now, command.say);
      const manifest = await writeBackup(file, {
        snapshot,
        program: VERSION,
        now: systemClock.now(),
        auditKeys: await auditKeysOf(origin.dir),
        blobs: listLocalBlobs(join(origin.dir, 'blobs')),
        keys: passphrase === undefined ? undefined : { passphrase, files: await keyFilesOf(origin.dir) },
        onProgress: ({ rows, blobs }) => tell(`${rows} rows and ${blobs} files are saved`),
      });
      return await factsOf(file, manifest);
    } finally {
      await snapshot.close();
    }
  } finally {
    await origin.close();
  }
}

/** Reads all of a backup and compares it with its hashes. @throws BackupError */
export async function runVerifyBackup(file: string, cwd: string): Promise<BackupFacts> {
  const path = resolve(cwd, file);
  const { manifest } = await verifyBackup(path);
  return factsOf(path, manifest);
}

async function openOrigin({ data, env, cwd, say }: BackupCommand): Promise<Origin> {
  const dir = data === undefined ? defaultDataDir(env) : resolve(cwd, data);
  const url = (await ownDatabaseOf(await loadConfig({ flags: {}, env, cwd })))?.url;
  if (url && data === undefined) return { connection: url, dir, close: async () => undefined };
  const home = await findDataHome(dir);
  if (home) return (await runningOrigin(home)) ?? startedOrigin(home, say);
  if (url) return { connection: url, dir, close: async () => undefined };
  throw new BackupError('NothingThere', {
    message: `there is no database in ${dir}`,
    next: 'Name the data directory with --data, or the database with CAPSTAN_DATABASE_URL.',
  });
}

async function runningOrigin({ dir, postgresDir }: FoundDataHome): Promise<Origin | undefined> {
  const connection = await findRunningPostgres(postgresDir);
  return connection && { connection, dir, close: async () => undefined };
}

async function startedOrigin(
  { dir, postgresDir }: FoundDataHome,
  say: (line: string) => void,
): Promise<Origin> {
  const home = await openDataHome({ dir }).catch((error: unknown) => {
    throw error instanceof DataDirHeld ? notReady(postgresDir, error) : error;
  });
  try {
    const postgres = await startDatabaseAsItIs(home, (message) => say(`${message} …`));
    const close = async () => {
      await postgres.stop();
      await home.close();
    };
    return { connection: postgres.config, dir, close };
  } catch (error) {
    await home.close();
    throw error;
  }
}

function notReady(postgresDir: string, cause: unknown): BackupError {
  return new BackupError('NothingThere', {
    message: `a Capstan holds the data directory, and its database in ${postgresDir} takes no connections`,
    next: 'It is starting or stopping: try again in a moment.',
    cause,
  });
}

async function keyFilesOf(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).filter((name) => KEY_FILE.test(name));
  const files = names.map(async (name) => [name, await readFile(join(dir, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(files));
}

/** Also those that it pins itself: of other replicas, and former ones. */
async function auditKeysOf(dir: string): Promise<string[]> {
  const folder = join(dir, 'audit');
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    names.filter((name) => name.endsWith('.pub')).map((name) => readFile(join(folder, name), 'utf8')),
  );
}

async function factsOf(file: string, manifest: Manifest): Promise<BackupFacts> {
  const { tables, blobs, withKeys } = manifest;
  return {
    file,
    bytes: (await stat(file)).size,
    rows: tables.reduce((sum, { count }) => sum + count, 0),
    tables: tables.map(({ name, count, sha256 }) => ({ name, rows: count, sha256 })),
    blobs: { count: blobs.count, bytes: blobs.bytes },
    withKeys,
  };
}
