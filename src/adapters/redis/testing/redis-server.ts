/** A real Redis of this machine on a port of loopback, for tests to kill and bring back. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RedisOptions {
  readonly password?: string;
  /** PEM: it then speaks TLS alone. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Why there is none here; undefined when there is. */
export function whyNoRedis(): string | undefined {
  const { status } = spawnSync('redis-server', ['--version'], { stdio: 'ignore' });
  return status === 0 ? undefined : 'this machine has no redis-server (Debian: redis-server)';
}

export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #dir: string;
  readonly #options: RedisOptions;
  #child: ChildProcess | undefined;

  private constructor(port: number, options: RedisOptions) {
    this.port = port;
    this.#options = options;
    this.#dir = mkdtempSync(join(tmpdir(), 'capstan-redis-'));
  }

  static async start(options: RedisOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  /** Without credentials. */
  get url(): string {
    return `${this.#options.tls ? 'rediss' : 'redis'}://127.0.0.1:${this.port}`;
  }

  /** Again, after it was killed: with nothing of what it held. */
  async start(): Promise<void> {
    const child = spawn('redis-server', this.#arguments(), {
      cwd: this.#dir,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      createInterface(child.stdout).on('line', (line) => {
        said.push(line);
        if (/Ready to accept connections/.test(line)) resolve();
      });
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${said.join('\n')}`)));
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** What `redis-cli` prints. */
  ask(...command: string[]): string {
    const { stdout } = spawnSync('redis-cli', ['-p', String(this.port), ...command], { encoding: 'utf8' });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #arguments(): readonly string[] {
    const { password, tls } = this.#options;
    const keep = [
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      ...(password ? ['--requirepass', password] : []),
    ];
    if (!tls) return ['--port', String(this.port), ...keep];
    for (const [name, pem] of Object.entries(tls))
      writeFileSync(join(this.#dir, `${name}.pem`), pem, { mode: 0o600 });
    const files = ['--tls-cert-file', 'cert.pem', '--tls-key-file', 'key.pem', '--tls-auth-clients', 'no'];
    return ['--port', '0', '--tls-port', String(this.port), ...files, ...keep];
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
