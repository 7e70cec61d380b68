/** The PostgreSQL that `capstan up` brings along, started for a test run. */
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres/start-embedded-postgres.ts';
import type { StartedServer } from './postgres.ts';
import { FAST_AND_LOOSE, makeScratch, UNPRIVILEGED } from './scratch.ts';

export async function startEmbedded(): Promise<StartedServer> {
  const scratch = await makeScratch();
  try {
    const postgres = await startEmbeddedPostgres({
      postgresDir: join(scratch.path, 'pg'),
      runDir: scratch.path,
      runtimeDir: join(scratch.path, 'runtime'),
      user: UNPRIVILEGED,
      settings: FAST_AND_LOOSE,
    });
    const stop = async () => {
      await postgres.stop();
      await scratch.remove();
    };
    return { admin: { ...postgres.config }, stop };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}
