/**
 * The database of `capstan up`: a real PostgreSQL on a Unix socket, initialised once, that
 * outlives the server's death and is found again by the next start.
 */
import { chmod, chown, mkdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ClusterPaths,
  clusterPaths,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres.ts';
import { EmbeddedPostgresError, messageOf } from './errors.ts';
import { findPostgresPackage } from './find-package.ts';
import { checkVersion, initialise, isInitialised, removeDrafts } from './initialise.ts';
import { launch } from './launch.ts';
import { connectionTo, type LaunchContext, launchContext } from './launch-context.ts';
import { makePassword, readPassword, takeNextPassword } from './password.ts';
import { runningPostgres } from './running.ts';
import { prepareRuntime, type Runtime } from './runtime-copy.ts';
import { checkSocketPath } from './socket-dir.ts';
import { takeOver } from './take-over.ts';

/**
 * Starts the database, or adopts it when it still runs. The caller must hold the lock of the data
 * home: two starters on one data directory are not kept apart here.
 *
 * @throws EmbeddedPostgresError, saying what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const context = launchContext(options, await preparePaths(options));
  try {
    return await start(context);
  } catch (error) {
    if (isHalfStarted(error)) {
      await untilLockIsWritten(context.paths);
      return start(context);
    }
    if (!isMismatch(error) || !(await takeNextPassword(context.paths))) throw error;
    return start(context);
  }
}

/** Whoever replaced the password was killed between telling the database and the file. */
function isMismatch(error: unknown): boolean {
  return error instanceof EmbeddedPostgresError && error.code === 'PasswordMismatch';
}

/**
 * Whoever started a postmaster was killed, and that postmaster is between making its lock file and writing it: ours
 * has met the file, and the next look finds the other.
 */
function isHalfStarted(error: unknown): boolean {
  return (
    error instanceof EmbeddedPostgresError &&
    error.code === 'StartFailed' &&
    error.message.includes('lock file "postmaster.pid" is empty')
  );
}

const WRITTEN_WITHIN = 5000;
const LOOK_AGAIN = 20;

async function untilLockIsWritten({ data }: ClusterPaths): Promise<void> {
  const end = performance.now() + WRITTEN_WITHIN;
  const isEmpty = () =>
    stat(join(data, 'postmaster.pid')).then(
      ({ size }) => size === 0,
      () => false,
    );
  while ((await isEmpty()) && performance.now() < end) await delay(LOOK_AGAIN);
}

async function start(context: LaunchContext): Promise<EmbeddedPostgres> {
  const old = await isInitialised(context.paths);
  const adopted = old && (await takeOver(context, await readPassword(context.paths)));
  if (adopted) return ready(context, runningPostgres(context, adopted));
  const runtime = await runtimeOf(context);
  const password = old ? await reopen(context, runtime) : await create(context, runtime);
  const config = connectionTo(context.paths.socketDir, password);
  const launched = await launch(context, runtime, config);
  return ready(context, runningPostgres(context, { ...launched, config }));
}

function ready(context: LaunchContext, postgres: EmbeddedPostgres): EmbeddedPostgres {
  context.report('ready', `PostgreSQL ${postgres.version} is ready (process ${postgres.pid})`);
  return postgres;
}

async function preparePaths({ postgresDir, runDir, user }: EmbeddedPostgresOptions): Promise<ClusterPaths> {
  if (!user && process.getuid?.() === 0) throw needsUser();
  await mkdir(postgresDir, { recursive: true, mode: 0o700 });
  // Processes are known by the real path of where they work.
  const paths = clusterPaths(await realpath(postgresDir), runDir);
  checkSocketPath(paths.socketDir);
  await mkdir(paths.log, { recursive: true, mode: 0o700 });
  for (const dir of [paths.area, paths.log]) {
    await chmod(dir, 0o700);
    if (user) await giveTo(dir, user);
  }
  return paths;
}

function needsUser(): EmbeddedPostgresError {
  return new EmbeddedPostgresError('UserSwitchRefused', {
    message: 'PostgreSQL refuses to run as root, and no other user was named',
    next: 'Run Capstan as an ordinary user, or name the one that PostgreSQL is to run as.',
  });
}

async function giveTo(dir: string, user: { uid: number; gid: number }): Promise<void> {
  try {
    await chown(dir, user.uid, user.gid);
  } catch (cause) {
    throw new EmbeddedPostgresError('UserSwitchRefused', {
      message: `cannot give ${dir} to user ${user.uid}: ${messageOf(cause)}`,
      next: 'Run Capstan as an ordinary user, or allow it to change owners (CAP_CHOWN).',
      cause,
    });
  }
}

async function runtimeOf(context: LaunchContext): Promise<Runtime> {
  if (context.options.runtime) return context.options.runtime;
  const onCopy = () => context.report('copying', 'the PostgreSQL binaries are copied');
  return prepareRuntime(findPostgresPackage(), context.options.runtimeDir, onCopy);
}

async function reopen({ paths }: LaunchContext, runtime: Runtime): Promise<string> {
  await removeDrafts(paths);
  await checkVersion(paths, runtime);
  return readPassword(paths);
}

async function create(context: LaunchContext, runtime: Runtime): Promise<string> {
  const { paths, options } = context;
  const password = await makePassword(paths, options.user);
  context.report('initialising', `a database is made in ${paths.data}`);
  await initialise(paths, runtime, options);
  return password;
}
