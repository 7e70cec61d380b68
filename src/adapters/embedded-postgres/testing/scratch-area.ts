/** A database area of a test's own, as root or not, whose disposal fails the test if anything is left. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';
import type { ConnectionConfig, EmbeddedPostgresOptions, Progress, UserIds } from '../embedded-postgres.ts';
import { goneWithin, processesIn, signal } from '../processes.ts';
import { startEmbeddedPostgres } from '../start-embedded-postgres.ts';

export const asRoot = process.getuid?.() === 0;
/** `nobody`: exists everywhere, owns nothing. */
const DATABASE_USER: UserIds = { uid: 65534, gid: 65534 };

export interface ScratchArea extends AsyncDisposable {
  readonly options: EmbeddedPostgresOptions;
  readonly data: string;
  readonly log: string;
  /** What was reported so far, by every start with these options. */
  readonly progress: Progress[];
}

/**
 * The runtime is shared by the tests of a file: copying it takes longer than most of them. So does
 * initdb; a test that is not about it starts with a copy of a stopped database.
 */
export async function scratchArea(runtimeDir: string, like?: ScratchArea): Promise<ScratchArea> {
  const root = await realpath(await mkdtemp('/tmp/capstan-pg-'));
  await chmod(root, 0o711);
  const postgresDir = join(root, 'postgres');
  const runDir = join(root, 'run');
  await mkdir(runDir, { mode: 0o711 });
  if (like) await promisify(execFile)('cp', ['-a', like.options.postgresDir, postgresDir]);
  const progress: Progress[] = [];
  return {
    options: {
      postgresDir,
      runDir,
      runtimeDir,
      user: asRoot ? DATABASE_USER : undefined,
      onProgress: (seen) => progress.push(seen),
    },
    data: join(postgresDir, 'data'),
    log: join(postgresDir, 'log'),
    progress,
    [Symbol.asyncDispose]: () => dispose(root, postgresDir, runDir),
  };
}

/** A database that was made and stopped, to be copied. */
export async function stoppedDatabase(runtimeDir: string): Promise<ScratchArea> {
  const area = await scratchArea(runtimeDir);
  await (await startEmbeddedPostgres(area.options)).stop();
  return area;
}

export async function scratchRuntime(): Promise<string> {
  const dir = await mkdtemp('/tmp/capstan-pgrt-');
  await chmod(dir, 0o755);
  return dir;
}

/** For a test that changes the runtime, or needs it to be missing. */
export async function disposableRuntime(): Promise<AsyncDisposable & { readonly dir: string }> {
  const dir = await scratchRuntime();
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

async function dispose(root: string, postgresDir: string, runDir: string): Promise<void> {
  const names = await readdir(postgresDir).catch(() => []);
  const left = (await Promise.all(names.map((name) => processesIn(join(postgresDir, name))))).flat();
  const sockets = await readdir(runDir);
  for (const known of left) signal(known, 'SIGKILL');
  await goneWithin(5000, ...left);
  await rm(root, { recursive: true, force: true });
  if (left.length > 0) throw new Error(`left running: ${left.map(({ pid }) => pid).join(', ')}`);
  if (sockets.length > 0) throw new Error(`left in the run directory: ${sockets.join(', ')}`);
}

/** Runs one statement and gives its rows. */
export async function query<Row extends pg.QueryResultRow>(
  config: ConnectionConfig,
  text: string,
): Promise<Row[]> {
  const client = await connect(config);
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

export async function connect(config: ConnectionConfig): Promise<pg.Client> {
  const client = new pg.Client({ ...config });
  // The postmaster is killed under it.
  client.on('error', () => {});
  await client.connect();
  return client;
}

export interface Owner {
  /** The line that it printed. */
  readonly line: string;
  /** kill -9, and waits for its end. */
  kill(): Promise<void>;
}

/** Another Capstan: a process that starts the database and is killed later. Returns at its first line that matches. */
export async function startOwner(area: ScratchArea, until: string): Promise<Owner> {
  const { onProgress: _, ...options } = area.options;
  const script = join(import.meta.dirname, 'owner.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith(until)) return { line, kill };
  }
  throw new Error(`the owner ended before it said ${until}`);
}

/** Every process of the machine that lets us read it: its arguments in one string. */
export async function argumentsOfAll(): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}

/** TCP sockets that the processes of a data directory hold, by inode. */
export async function tcpSocketsOf(data: string): Promise<readonly string[]> {
  const held = new Set<string>();
  for (const { pid } of await processesIn(data)) {
    const fds = await readdir(`/proc/${pid}/fd`);
    for (const fd of fds) held.add(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''));
  }
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const inodes = tables.flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)[9]));
  return inodes.flatMap((inode) => (inode && held.has(`socket:[${inode}]`) ? [inode] : []));
}

/** Every file of a directory as one text. */
export async function textOf(dir: string): Promise<string> {
  const texts = (await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}
