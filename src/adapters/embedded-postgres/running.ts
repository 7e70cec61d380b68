/** The handle of a running postmaster, spawned or adopted. */
import type { ChildProcess } from 'node:child_process';
import type { ConnectionConfig, EmbeddedPostgres, PostmasterExit } from './embedded-postgres.ts';
import { hasEnded } from './launch.ts';
import type { LaunchContext } from './launch-context.ts';
import { type LiveProcess, lives } from './processes.ts';
import { shutDown } from './shut-down.ts';
import { removeSocket } from './socket-dir.ts';

export interface Running {
  readonly postmaster: LiveProcess;
  /** Absent when it was adopted. */
  readonly child?: ChildProcess;
  readonly config: ConnectionConfig;
  readonly version: string;
}

/** How often an adopted postmaster, which is nobody's child, is looked at, in milliseconds. */
const WATCH_EVERY = 250;

export function runningPostgres(context: LaunchContext, running: Running): EmbeddedPostgres {
  const { postmaster, child, config, version } = running;
  const watch = child ? watchChild(child) : watchAdopted(postmaster);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    watch.end();
    await shutDown(postmaster, context.paths, context.timeouts);
    await removeSocket(context.paths.socketDir, config.host);
  };
  return {
    config,
    version,
    pid: postmaster.pid,
    adopted: child === undefined,
    stop: () => (stopped ??= stop()),
    onExit: watch.onExit,
  };
}

interface Watch {
  onExit(callback: (exit: PostmasterExit) => void): void;
  /** Its end is expected from now on. */
  end(): void;
}

function watchChild(child: ChildProcess): Watch {
  const callbacks = new Set<(exit: PostmasterExit) => void>();
  let expected = false;
  const tell = (code: number | null, signal: string | null) => {
    if (expected) return;
    const exit = { code: code ?? undefined, signal: signal ?? undefined };
    for (const callback of callbacks) callback(exit);
    callbacks.clear();
  };
  child.once('exit', tell);
  return {
    onExit(callback) {
      callbacks.add(callback);
      if (hasEnded(child)) queueMicrotask(() => tell(child.exitCode, child.signalCode));
    },
    end() {
      expected = true;
    },
  };
}

function watchAdopted(postmaster: LiveProcess): Watch {
  const callbacks = new Set<(exit: PostmasterExit) => void>();
  const timer = setInterval(() => {
    if (lives(postmaster)) return;
    clearInterval(timer);
    for (const callback of callbacks) callback({});
  }, WATCH_EVERY).unref();
  return { onExit: (callback) => callbacks.add(callback), end: () => clearInterval(timer) };
}
