/**
 * What a start does about PostgreSQL processes that are already there, left by a Capstan that
 * was killed: a healthy postmaster is adopted; one that is starting or stopping is waited for;
 * anything else is ended. Only processes that work in our data directory are ever signalled.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionConfig } from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { connectionTo, type LaunchContext } from './launch-context.ts';
import { passwordMismatch } from './password.ts';
import { POSTMASTER_FILE, type PostmasterFile, readPostmasterFile } from './postmaster-file.ts';
import { createDatabase, type Health, probePatiently } from './probe.ts';
import { canIdentify, goneWithin, identify, type LiveProcess, processesIn } from './processes.ts';
import { drain, shutDown } from './shut-down.ts';
import { removeSocket } from './socket-dir.ts';

export interface Adopted {
  readonly postmaster: LiveProcess;
  readonly config: ConnectionConfig;
  readonly version: string;
}

/** What is seen of a data directory at one moment. */
type Sight =
  | { readonly kind: 'nobody'; readonly file: PostmasterFile | undefined }
  | { readonly kind: 'postmaster'; readonly file: PostmasterFile; readonly postmaster: LiveProcess }
  /** Backends without a postmaster, or a postmaster that has not written its file yet. */
  | { readonly kind: 'leftovers'; readonly processes: readonly LiveProcess[] };

/** How long processes without a postmaster's file are given to become one, or to end, in milliseconds. */
const SETTLE = 500;
const POLL = 20;

/** Returns the postmaster to adopt, or undefined when the way is free for a new one. */
export async function takeOver(context: LaunchContext, password: string): Promise<Adopted | undefined> {
  const end = performance.now() + context.timeouts.start;
  let unclean = false;
  while (performance.now() < end) {
    context.options.signal?.throwIfAborted();
    const sight = await look(context);
    if (sight.kind === 'nobody') {
      await removeStale(context, sight.file);
      if (sight.file || unclean)
        context.report('recovering', 'PostgreSQL was not shut down: it recovers from its log');
      return undefined;
    }
    if (sight.kind === 'postmaster') {
      const adopted = await meet(context, sight, password);
      if (adopted) return adopted;
    } else {
      unclean = true;
      await settle(context, sight.processes);
    }
  }
  throw new EmbeddedPostgresError('StartTimedOut', {
    message: `the PostgreSQL that is running in ${context.paths.data} did not become ready or end in time`,
    next: `See its log in ${context.paths.log}; start again to wait longer.`,
  });
}

async function look({ paths }: LaunchContext): Promise<Sight> {
  const file = await readPostmasterFile(paths.data);
  if (!canIdentify) return lookByPid(file);
  const processes = await processesIn(paths.data);
  const postmaster = processes.find(({ pid }) => pid === file?.pid);
  if (file && postmaster) return { kind: 'postmaster', file, postmaster };
  return processes.length > 0 ? { kind: 'leftovers', processes } : { kind: 'nobody', file };
}

function lookByPid(file: PostmasterFile | undefined): Sight {
  const postmaster = file && identify(file.pid);
  return file && postmaster ? { kind: 'postmaster', file, postmaster } : { kind: 'nobody', file };
}

type Meeting = Extract<Sight, { kind: 'postmaster' }>;

/** Adopts it, waits a moment, or ends it; undefined means: look again. */
async function meet(context: LaunchContext, sight: Meeting, password: string): Promise<Adopted | undefined> {
  const { file, postmaster } = sight;
  if (file.status === 'stopping') return waitForEnd(context, postmaster);
  if (file.status !== 'ready') {
    context.report('waiting', `PostgreSQL (process ${file.pid}) is starting`);
    await delay(POLL);
    return undefined;
  }
  const config = connectionTo(file.socketDir, password);
  const health = await probePatiently(config);
  if (health.kind === 'busy') {
    context.report('waiting', `PostgreSQL (process ${file.pid}): ${health.message}`);
    await delay(POLL);
    return undefined;
  }
  if (health.kind === 'ready' && health.dataDirectory === context.paths.data) {
    context.report('adopting', `PostgreSQL (process ${file.pid}) is still running`);
    if (!health.hasDatabase) await createDatabase(config);
    return { postmaster, config, version: health.version };
  }
  return replaceUnreachable(context, postmaster, health);
}

async function waitForEnd(context: LaunchContext, postmaster: LiveProcess): Promise<undefined> {
  context.report('waiting', `PostgreSQL (process ${postmaster.pid}) is shutting down`);
  if (!(await goneWithin(context.timeouts.stop, postmaster))) await end(context, postmaster);
}

/** Its socket was removed, or it hangs. */
async function replaceUnreachable(
  context: LaunchContext,
  postmaster: LiveProcess,
  health: Health,
): Promise<undefined> {
  if (health.kind === 'wrong-password') throw passwordMismatch(context.paths);
  context.report(
    'draining',
    `PostgreSQL (process ${postmaster.pid}) runs but cannot be reached: it is ended`,
  );
  await end(context, postmaster);
}

async function end(context: LaunchContext, postmaster: LiveProcess): Promise<void> {
  if (canIdentify) return shutDown(postmaster, context.paths, context.timeouts);
  throw new EmbeddedPostgresError('ProcessUnclear', {
    message: `process ${postmaster.pid} may be the PostgreSQL of ${context.paths.data}, and does not answer`,
    next: 'End it if it is; otherwise delete postmaster.pid there. Then start again.',
  });
}

async function settle(context: LaunchContext, processes: readonly LiveProcess[]): Promise<void> {
  if (await goneWithin(SETTLE, ...processes)) return;
  if ((await look(context)).kind !== 'leftovers') return;
  context.report('draining', `${processes.length} PostgreSQL processes without a postmaster are ended`);
  await drain(context.paths, context.timeouts);
}

/** A pid that was given to another process makes PostgreSQL believe that it still runs. */
async function removeStale({ paths }: LaunchContext, file: PostmasterFile | undefined): Promise<void> {
  if (file) await removeSocket(paths.socketDir, file.socketDir);
  await rm(join(paths.data, POSTMASTER_FILE), { force: true });
}
