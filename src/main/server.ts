/** `capstan server`: one replica of the control plane on a PostgreSQL of yours. */
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createLocalBlobs } from '../adapters/blobs/local-blobs.ts';
import { defaultDataDir } from '../adapters/data-home/data-dir.ts';
import { UsageError } from '../cli/errors.ts';
import { startControlPlane } from './control-plane.ts';
import { firstKey } from './first-key.ts';
import { newPepper, secretFile } from './identity.ts';
import { openLog } from './log.ts';
import { stopRequested } from './stop-requested.ts';
import { startTelemetry } from './telemetry.ts';

export interface ServerOptions {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly logLevel: string | undefined;
  /** A proxy in front ends TLS: plain text off loopback is refused without this. */
  readonly behindTlsProxy: boolean;
  /** Keys and blobs; default: the XDG data directory. */
  readonly data: string | undefined;
  /** CAPSTAN_DATABASE_URL is taken from here: a URL with a password is no command-line argument. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: (text: string) => void;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** Resolves with the exit code after a signal. Throws when it may not listen where it is told to. */
export async function runServer(options: ServerOptions): Promise<number> {
  const { env, stdout, port = 7700, host = '127.0.0.1', logLevel = 'info' } = options;
  const connection = env.CAPSTAN_DATABASE_URL;
  if (!connection)
    throw new UsageError(
      'CAPSTAN_DATABASE_URL is not set',
      'Set it to postgres://user@host/database; `capstan up` brings a database of its own.',
    );
  checkHost(host, options.behindTlsProxy);
  const stop = stopRequested();
  const telemetry = await startTelemetry(env);
  const data = options.data ?? defaultDataDir(env);
  await mkdir(data, { recursive: true, mode: 0o700 });
  const pepper = Buffer.from(await secretFile(join(data, 'pepper.key'), newPepper));
  const blobs = await createLocalBlobs({ dir: join(data, 'blobs') });
  const replica = `${hostname()}/${process.pid}`;
  const log = openLog({ level: logLevel, to: 2 });
  const plane = await startControlPlane({ connection, blobs, pepper, host, port, replica, log });
  const keyFile = join(data, 'admin.key');
  await firstKey(keyFile, plane.store.keys, pepper);
  stdout(`${JSON.stringify({ address: plane.address.url, pid: process.pid, keyFile })}\n`);
  await stop;
  await plane.close();
  await telemetry.close();
  return 0;
}

function checkHost(host: string, behindTlsProxy: boolean): void {
  if (LOOPBACK.has(host) || behindTlsProxy) return;
  throw new UsageError(
    `--host ${host} is not loopback, and plain text there is refused`,
    'Listen on 127.0.0.1, or say --behind-tls-proxy when a proxy in front of it ends TLS.',
  );
}
