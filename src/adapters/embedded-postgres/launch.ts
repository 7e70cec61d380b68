/** Starts a postmaster and waits until it answers. */
import type { ChildProcess } from 'node:child_process';
import { chown, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterPaths, ConnectionConfig } from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './errors.ts';
import type { LaunchContext } from './launch-context.ts';
import { passwordMismatch } from './password.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { createDatabase, probe } from './probe.ts';
import { identify, type LiveProcess } from './processes.ts';
import { newestLog, startProgram, tailOf } from './run-program.ts';
import type { Runtime } from './runtime-copy.ts';
import { renderSettings, SETTINGS_FILE, settingsFor } from './settings.ts';
import { shutDownNow } from './shut-down.ts';
import { makeSocketDir, removeSocket } from './socket-dir.ts';

export interface Launched {
  readonly child: ChildProcess;
  readonly postmaster: LiveProcess;
  readonly version: string;
}

const POLL = 10;
/** What PostgreSQL prints before its logging collector runs. */
const EARLY_LOG = 'start.log';

/** @throws EmbeddedPostgresError `StartFailed`, `StartTimedOut`; nothing is left running then. */
export async function launch(
  context: LaunchContext,
  runtime: Runtime,
  config: ConnectionConfig,
): Promise<Launched> {
  const { paths, options } = context;
  await writeSettings(context);
  await removeSocket(paths.socketDir);
  await makeSocketDir(paths.socketDir, options.user);
  context.report('starting', 'PostgreSQL is starting');
  const child = await startProgram({
    path: runtime.postgres,
    args: ['-D', paths.data],
    cwd: paths.data,
    output: join(paths.log, EARLY_LOG),
    user: options.user,
    detached: true,
  });
  const postmaster = identify(child.pid!) ?? { pid: child.pid! };
  try {
    const version = await untilReady(context, child, config);
    // From here on it does not keep our event loop alive.
    child.unref();
    return { child, postmaster, version };
  } catch (error) {
    await shutDownNow(postmaster, paths, context.timeouts);
    await removeSocket(paths.socketDir);
    throw error;
  }
}

async function writeSettings({ paths, options }: LaunchContext): Promise<void> {
  const file = join(paths.data, SETTINGS_FILE);
  const draft = `${file}.new`;
  await writeFile(draft, renderSettings(settingsFor(paths, options.settings)), { mode: 0o600, flush: true });
  if (options.user) await chown(draft, options.user.uid, options.user.gid);
  await rename(draft, file);
}

/** Returns the server's version. */
async function untilReady(
  context: LaunchContext,
  child: ChildProcess,
  config: ConnectionConfig,
): Promise<string> {
  const { paths } = context;
  const end = performance.now() + context.timeouts.start;
  while (performance.now() < end) {
    context.options.signal?.throwIfAborted();
    if (hasEnded(child)) throw await startFailed(context, child);
    const file = await readPostmasterFile(paths.data);
    const version = file?.status === 'ready' ? await versionOf(paths, config) : undefined;
    if (version !== undefined) return version;
    await delay(POLL);
  }
  throw new EmbeddedPostgresError('StartTimedOut', {
    message: `PostgreSQL in ${paths.data} was not ready in ${context.timeouts.start} ms`,
    next: `See its log in ${paths.log}.`,
  });
}

/** The database is made here, after the cluster: a crash between the two is made good by the next start. */
async function versionOf(paths: ClusterPaths, config: ConnectionConfig): Promise<string | undefined> {
  const health = await probe(config);
  if (health.kind === 'wrong-password') throw passwordMismatch(paths);
  if (health.kind !== 'ready') return undefined;
  if (!health.hasDatabase) await createDatabase(config);
  return health.version;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function startFailed({ paths }: LaunchContext, child: ChildProcess): Promise<EmbeddedPostgresError> {
  const said = await tailOf(await newestLog(paths));
  const how = child.signalCode ?? `code ${child.exitCode}`;
  return new EmbeddedPostgresError('StartFailed', {
    message: `PostgreSQL ended with ${how} while starting: ${said}`,
    next: `See its log in ${paths.log}.`,
  });
}
