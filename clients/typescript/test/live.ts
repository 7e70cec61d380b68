/** A real server: `capstan up` from this repository, with a data directory of its own, ended with its test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '../../..');
/** The server needs a newer Node than this client. */
const OWN_NODE = join(ROOT, 'node_modules/.bin/node');

interface Ready {
  readonly address: string;
  readonly keyFile: string;
}

export class Live {
  readonly address: string;
  readonly keyFile: string;
  readonly directory: string;
  readonly #process: ChildProcess;
  #keys = 0;

  private constructor(child: ChildProcess, directory: string, { address, keyFile }: Ready) {
    this.#process = child;
    this.directory = directory;
    this.address = address;
    this.keyFile = keyFile;
  }

  /** @param env more for the server's environment */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<Live> {
    const directory = mkdtempSync(join(tmpdir(), 'capstan-client-'));
    const data = join(directory, 'data');
    const node = existsSync(OWN_NODE) ? OWN_NODE : process.execPath;
    const child = spawn(
      node,
      [join(ROOT, 'bin/capstan.js'), 'up', '--data', data, '--port', '0', '--output', 'json'],
      {
        env: {
          PATH: process.env.PATH ?? '',
          HOME: directory,
          XDG_CONFIG_HOME: join(directory, 'config'),
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const said: string[] = [];
    child.stderr.on('data', (text: Buffer) => said.push(text.toString()));
    const ready = await new Promise<Ready>((resolve, reject) => {
      createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line)));
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`capstan up ended with ${code}: ${said.join('')}`)));
    });
    return new Live(child, directory, ready);
  }

  /** The file of a new key with the role `worker`. @param scope queues or handlers to which it is held */
  async workerKeyFile(scope: object = {}): Promise<string> {
    this.#keys += 1;
    const response = await fetch(`${this.address}/api/v1/keys`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${readFileSync(this.keyFile, 'utf8').trim()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name: `worker-${this.#keys}`, roles: ['worker'], ...scope }),
    });
    if (!response.ok) throw new Error(`no key: ${response.status} ${await response.text()}`);
    const file = join(this.directory, `worker-${this.#keys}.key`);
    writeFileSync(file, ((await response.json()) as { key: string }).key, { mode: 0o600 });
    return file;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.kill('SIGTERM')) await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Looks again until it holds. @param within milliseconds */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  within = 30_000,
): Promise<void> {
  const deadline = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${within} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
