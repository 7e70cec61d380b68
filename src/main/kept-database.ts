/** The embedded database, started again when it ends by itself: until then the API answers 503, and jobs go on. */
import type { Logger } from 'pino';
import type { ConnectionConfig, EmbeddedPostgres } from '../adapters/embedded-postgres/embedded-postgres.ts';

export interface KeptDatabase {
  /** The same for each of its lives: the socket and the password stay. */
  readonly config: ConnectionConfig;
  /** Resolves, with a sentence, when it could not be started again. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

/** So many lives within a minute are a database that can not live. */
const MOST_RESTARTS = 5;
const WITHIN = 60_000;

export async function keepDatabase(
  start: () => Promise<EmbeddedPostgres>,
  log: Logger,
): Promise<KeptDatabase> {
  let current = await start();
  let stopping = false;
  let restart: Promise<void> = Promise.resolve();
  const restarts: number[] = [];
  const { promise: lost, resolve: giveUp } = Promise.withResolvers<string>();

  const again = async (): Promise<void> => {
    restarts.push(Date.now());
    const recent = restarts.filter((at) => at > Date.now() - WITHIN);
    if (recent.length > MOST_RESTARTS)
      return giveUp(`the database ended ${recent.length} times within a minute`);
    log.warn('the database ended by itself and is started again');
    try {
      current = await start();
      watch();
    } catch (error) {
      giveUp(
        `the database ended and could not be started again: ${error instanceof Error ? error.message : error}`,
      );
    }
  };
  const watch = () =>
    current.onExit(() => {
      if (!stopping) restart = again();
    });

  watch();
  return {
    config: current.config,
    lost,
    stop: async () => {
      stopping = true;
      await restart;
      await current.stop();
    },
  };
}
