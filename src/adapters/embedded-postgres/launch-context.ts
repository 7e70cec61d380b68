/** What every step of a start needs. */
import {
  type ClusterPaths,
  type ConnectionConfig,
  DATABASE,
  DATABASE_USER,
  DEFAULT_TIMEOUTS,
  type EmbeddedPostgresOptions,
  PORT,
  type ProgressPhase,
  type Timeouts,
} from './embedded-postgres.ts';

export interface LaunchContext {
  readonly options: EmbeddedPostgresOptions;
  readonly paths: ClusterPaths;
  readonly timeouts: Timeouts;
  report(phase: ProgressPhase, message: string): void;
}

export function launchContext(options: EmbeddedPostgresOptions, paths: ClusterPaths): LaunchContext {
  let last = '';
  return {
    options,
    paths,
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
    report(phase, message) {
      // Who waits looks many times a second, and says the same.
      if (message === last) return;
      last = message;
      options.onProgress?.({ phase, message });
    },
  };
}

export function connectionTo(socketDir: string, password: string): ConnectionConfig {
  return { host: socketDir, port: PORT, user: DATABASE_USER, password, database: DATABASE };
}
