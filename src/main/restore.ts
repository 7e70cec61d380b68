/**
 * `capstan restore`: a backup into an empty data directory, as a store of its own. All of the file is
 * checked before anything is made, and again while it is read; what fails leaves nothing behind.
 */
import { createPublicKey } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BackupError } from '../adapters/backup/errors.ts';
import { type Header, KEY_FILE } from '../adapters/backup/format.ts';
import { type Loaded, loadBackup } from '../adapters/backup/load-tables.ts';
import { verifyBackup } from '../adapters/backup/read-backup.ts';
import { createLocalBlobs } from '../adapters/blobs/local-blobs.ts';
import { type DataHome, openDataHome } from '../adapters/data-home/open-data-home.ts';
import type { EmbeddedPostgres } from '../adapters/embedded-postgres/embedded-postgres.ts';
import { SILENT } from '../adapters/postgres/log.ts';
import { migrate } from '../adapters/postgres/migrate.ts';
import { MIGRATIONS } from '../adapters/postgres/migrations/all.ts';
import { openStore, type Store } from '../adapters/postgres/open-store.ts';
import type { RestoreFacts } from '../cli/local/restore.ts';
import { restored } from '../core/job/restore.ts';
import { startDatabase } from './embedded-database.ts';
import { writeSecret } from './identity.ts';
import { every } from './progress.ts';
import { systemClock } from './system.ts';

export interface RestoreCommand {
  readonly file: string;
  readonly data: string;
  /** With the keys, opened by it. */
  readonly passphrase: string | undefined;
  /** Nothing of the old installation runs any more: what ran may run again. */
  readonly oldIsGone: boolean;
  readonly cwd: string;
  readonly say: (line: string) => void;
}

/** @throws BackupError, DataHomeError, EmbeddedPostgresError: each says what to do */
export async function runRestore(command: RestoreCommand): Promise<RestoreFacts> {
  const file = resolve(command.cwd, command.file);
  const { header } = await verifyBackup(file);
  checkSchema(header);
  const dir = resolve(command.cwd, command.data);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await checkEmpty(dir);
  const home = await openDataHome({ dir });
  try {
    const facts = await restoreInto(home, { ...command, file, header });
    await home.close();
    return facts;
  } catch (error) {
    await home.close();
    await empty(home);
    throw error;
  }
}

interface Restoration extends RestoreCommand {
  readonly header: Header;
}

async function restoreInto(home: DataHome, command: Restoration): Promise<RestoreFacts> {
  const postgres = await startDatabase(home, (message) => command.say(`${message} …`));
  try {
    const loaded = await load(postgres, home, command);
    const jobs = await settleJobs(postgres, command.oldIsGone);
    for (const [name, text] of Object.entries(loaded.keyFiles)) await putKeyFile(home, name, text);
    const { manifest } = loaded;
    await pinAuditKeys(home, manifest.auditKeys);
    return {
      data: home.dir,
      rows: manifest.tables.reduce((sum, { count }) => sum + count, 0),
      blobs: manifest.blobs.count,
      withKeys: command.passphrase !== undefined,
      jobs,
    };
  } finally {
    await postgres.stop();
  }
}

async function load(postgres: EmbeddedPostgres, home: DataHome, command: Restoration): Promise<Loaded> {
  const connection = postgres.config;
  const known = new Set(command.header.migrations.map(({ number }) => number));
  await migrate(connection, {
    log: SILENT,
    migrations: MIGRATIONS.filter(({ number }) => known.has(number)),
  });
  const tell = every(2000, systemClock.now, command.say);
  return loadBackup({
    file: command.file,
    connection,
    blobs: createLocalBlobs({ dir: home.blobsDir }),
    passphrase: command.passphrase,
    onProgress: ({ rows, blobs }) => tell(`${rows} rows and ${blobs} files are restored`),
  });
}

/** Brings the schema up to this program, and sets aside what held processes when the backup was taken. */
async function settleJobs(
  { config: connection }: EmbeddedPostgres,
  oldIsGone: boolean,
): Promise<RestoreFacts['jobs']> {
  const store = await openStore({ connection, clock: systemClock });
  try {
    await store.migrate();
    const settled: RestoreFacts['jobs'][number][] = [];
    for (const { name: agent } of await store.agents.list()) {
      for (const job of await store.jobs.heldBy(agent)) {
        const state = await settle(store, restored(job, { now: systemClock.now(), oldIsGone }));
        settled.push({ project: job.project, name: job.name, was: job.state.name, state });
      }
    }
    return settled;
  } finally {
    await store.close();
  }
}

async function settle(store: Store, steps: ReturnType<typeof restored>): Promise<string> {
  let state = '';
  for (const step of steps) {
    // Nobody else writes to a store that is not open yet: a lost race is a defect.
    const job = await store.jobs.apply(step);
    if (!job) throw new Error(`job ${step.job.uid} changed while it was restored`);
    state = job.state.name;
  }
  return state;
}

async function putKeyFile(home: DataHome, name: string, text: string): Promise<void> {
  if (KEY_FILE.test(name)) await writeSecret(join(home.dir, name), text.trim());
}

/**
 * The restored store signs with a key of its own, in a chain of its own: two that go on with one chain
 * would contradict each other. What was signed before is verified by the former keys.
 */
async function pinAuditKeys({ dir }: DataHome, keys: readonly string[]): Promise<void> {
  const folder = join(dir, 'audit');
  await mkdir(folder, { mode: 0o700 });
  for (const [index, text] of keys.entries()) {
    const pem = createPublicKey(text).export({ type: 'spki', format: 'pem' });
    await writeFile(join(folder, `former-${index + 1}.pub`), pem, { mode: 0o644, flush: true });
  }
}

function checkSchema({ program, migrations }: Header): void {
  const newest = Math.max(...MIGRATIONS.map(({ number }) => number));
  const newer = migrations.find(({ number }) => number > newest);
  if (!newer) return;
  throw new BackupError('NewerSchema', {
    message: `the backup was written by Capstan ${program}, whose schema is at ${newer.number}; this one knows up to ${newest}`,
    next: 'Restore it with that release or a newer one.',
  });
}

async function checkEmpty(dir: string): Promise<void> {
  const [found] = await readdir(dir);
  if (found === undefined) return;
  throw new BackupError('NotEmpty', {
    message: `${dir} is not empty: it holds ${found}`,
    next: 'Restore into a directory that is empty or not there yet.',
  });
}

/** It was empty when this began: all that is there came from here. */
async function empty(home: DataHome): Promise<void> {
  for (const name of await readdir(home.dir))
    await rm(join(home.dir, name), { recursive: true, force: true });
  if (home.home !== home.dir) await rm(home.home, { recursive: true, force: true });
}
