/** `capstan server`: one replica of the control plane on a PostgreSQL of yours. */
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { defaultDataDir } from '../adapters/data-home/data-dir.ts';
import { UsageError } from '../cli/errors.ts';
import { openBlobs } from './blobs.ts';
import { LiveConfig } from './config/live.ts';
import { type ConfigInput, withClientSecret } from './config/load.ts';
import { type OwnDatabase, ownDatabaseOf } from './config/own-database.ts';
import type { Settings } from './config/schema.ts';
import { startControlPlane } from './control-plane.ts';
import { firstKey } from './first-key.ts';
import { newPepper, secretFile } from './identity.ts';
import { listenerTls } from './listener-tls.ts';
import { openLog } from './log.ts';
import { openSharedLimits } from './shared-limits.ts';
import { stopRequested } from './stop-requested.ts';
import { startTelemetry } from './telemetry.ts';

export interface ServerOptions {
  readonly config: ConfigInput;
  readonly stdout: (text: string) => void;
}

/** Resolves with the exit code after a signal. Throws when it may not listen where it is told to. */
export async function runServer({ config: input, stdout }: ServerOptions): Promise<number> {
  const config = await LiveConfig.load(input);
  const settings = await withClientSecret(config.settings);
  const database = await databaseOf(settings);
  const tls = await listenerTls(settings);
  const stop = stopRequested();
  const telemetry = await startTelemetry(input.env);
  const data = settings.data ?? defaultDataDir(input.env);
  await mkdir(data, { recursive: true, mode: 0o700 });
  const pepper = Buffer.from(await secretFile(join(data, 'pepper.key'), newPepper));
  const blobs = await openBlobs(settings, data);
  const replica = `${hostname()}/${process.pid}`;
  const log = openLog({ level: settings.logLevel, to: 2 });
  const metrics = new Registry();
  const sharedLimits = await openSharedLimits(settings, { secret: pepper, registry: metrics, log });
  const plane = await startControlPlane({
    connection: database.url,
    passwords: database.passwords,
    blobs,
    pepper,
    auditDir: join(data, 'audit'),
    host: settings.host,
    port: settings.port,
    settings,
    tls,
    replica,
    sharedLimits,
    metrics,
    log,
  }).catch(async (error: unknown) => {
    await sharedLimits?.close();
    throw error;
  });
  const forget = config.onHangup(plane.apply, log);
  const keyFile = join(data, 'admin.key');
  await firstKey(keyFile, plane.store.keys, pepper);
  stdout(`${JSON.stringify({ address: plane.address.url, pid: process.pid, keyFile })}\n`);
  await stop;
  forget();
  await plane.close();
  await sharedLimits?.close();
  await telemetry.close();
  return 0;
}

async function databaseOf(settings: Settings): Promise<OwnDatabase> {
  const named = await ownDatabaseOf(settings);
  if (named) return named;
  throw new UsageError(
    'no database is named: CAPSTAN_DATABASE_URL is not set',
    'Set it, or databaseUrl in the configuration, to postgres://user@host/database; `capstan up` brings a database of its own.',
  );
}
