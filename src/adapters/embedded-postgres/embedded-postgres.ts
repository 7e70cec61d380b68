/** The shapes of the launcher: what it is asked for, what it gives, and where things stand on disk. */
import { join } from 'node:path';
import type { Runtime } from './runtime-copy.ts';

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

export type ProgressPhase =
  | 'waiting'
  | 'adopting'
  | 'draining'
  | 'copying'
  | 'upgrading'
  | 'initialising'
  | 'starting'
  | 'recovering'
  | 'ready';

export interface Progress {
  readonly phase: ProgressPhase;
  /** A sentence for people. */
  readonly message: string;
}

export interface EmbeddedPostgresOptions {
  /** The database's area; the caller holds the lock of the data home that it belongs to. */
  readonly postgresDir: string;
  /** Short and private; the socket is made in a directory below it. */
  readonly runDir: string;
  /** Where the binaries are copied to; the database's user must be able to enter it. May be shared. */
  readonly runtimeDir: string;
  /** Whom PostgreSQL runs as; needed when, and only when, the caller is root. */
  readonly user?: UserIds | undefined;
  /** Other binaries than those of the package: of the major that made an older cluster. */
  readonly runtime?: Runtime | undefined;
  /** What `local.conf` of a cluster that is made here begins with. */
  readonly localSettings?: string | undefined;
  /** More lines for the configuration, after ours. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the wait; what was started is stopped. */
  readonly signal?: AbortSignal;
  readonly timeouts?: Partial<Timeouts>;
}

/** In milliseconds. */
export interface Timeouts {
  /** Until the database accepts connections: recovery after a crash may take minutes. */
  readonly start: number;
  /** Until a fast shutdown is through; then comes an immediate one. */
  readonly stop: number;
  /** Until backends without a postmaster end by themselves; then they are ended. */
  readonly drain: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { start: 600_000, stop: 30_000, drain: 2_000 };

/** As `pg` takes it. */
export interface ConnectionConfig {
  /** The socket's directory. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface PostmasterExit {
  /** Both absent when the postmaster was adopted: only its parent learns how it ended. */
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
}

export interface EmbeddedPostgres {
  readonly config: ConnectionConfig;
  readonly pid: number;
  /** True when the postmaster was already running, left by a Capstan that died. */
  readonly adopted: boolean;
  /** As the server says it: `18.4`. */
  readonly version: string;
  /** Ends it cleanly, within bounds, and removes its socket. Repeating it is harmless. */
  stop(): Promise<void>;
  /** Called once if the postmaster ends without having been asked to. */
  onExit(callback: (exit: PostmasterExit) => void): void;
}

export const DATABASE = 'capstan';
export const DATABASE_USER = 'capstan';
/** Only part of the socket's name: no TCP port is ever opened. */
export const PORT = 5432;

export interface ClusterPaths {
  readonly area: string;
  /** PGDATA. It exists only when initdb has finished: it is renamed into place. */
  readonly data: string;
  readonly password: string;
  /** While it is replaced: the one that comes. */
  readonly nextPassword: string;
  readonly log: string;
  readonly socketDir: string;
}

export function clusterPaths(area: string, runDir: string): ClusterPaths {
  return {
    area,
    data: join(area, 'data'),
    password: join(area, 'password'),
    nextPassword: join(area, 'password.next'),
    log: join(area, 'log'),
    socketDir: join(runDir, 'pg'),
  };
}

/** What PostgreSQL's programs see: nothing of the caller's, least of all its PG* variables. */
export const PROGRAM_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
