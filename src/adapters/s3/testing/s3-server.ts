/**
 * A real S3-compatible server for tests: versitygw over a directory, when it is installed
 * (`go install github.com/versity/versitygw/cmd/versitygw@latest`). It checks signatures.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { S3Options } from '../options.ts';

const PROGRAM = 'versitygw';

/** Why there is no server here; undefined when there is one. */
export function whyNoServer(): string | undefined {
  const { error, status } = spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' });
  return error || status !== 0 ? `${PROGRAM} is not on the path` : undefined;
}

export interface S3Server {
  readonly options: S3Options;
  /** The directory of the bucket. */
  readonly dir: string;
  stop(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  const root = mkdtempSync(join(tmpdir(), 'capstan-s3-'));
  const [bucket, port] = ['capstan-test', await freePort()];
  mkdirSync(join(root, 'data', bucket), { recursive: true });
  mkdirSync(join(root, 'meta'));
  const [accessKeyId, secretAccessKey] = [randomBytes(8).toString('hex'), randomBytes(16).toString('hex')];
  const address = `127.0.0.1:${port}`;
  const child = spawn(
    PROGRAM,
    ['--port', address, '--quiet', 'posix', '--sidecar', join(root, 'meta'), join(root, 'data')],
    {
      env: { PATH: process.env.PATH, ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
      stdio: 'ignore',
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(root, { recursive: true, force: true });
  };
  const endpoint = `http://${address}`;
  try {
    await answers(endpoint);
  } catch (error) {
    await stop();
    throw error;
  }
  const options = { endpoint, bucket, region: 'us-east-1', accessKeyId, secretAccessKey, pathStyle: true };
  return { options, dir: join(root, 'data', bucket), stop };
}

async function answers(endpoint: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const up = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (up) return;
    if (Date.now() > deadline) throw new Error(`${PROGRAM} did not answer within 20 s`);
    await delay(50);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
