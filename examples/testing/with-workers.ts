/** Programs of an example beside a running product: workers that end with the test, and submitters. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Product, until } from '../../test/product/product.ts';
import { workerKey } from '../../test/product/raw-worker.ts';

const CLIENT = join(import.meta.dirname, 'client-from-sources.mjs');

export class Scene {
  readonly product: Product;
  readonly #key: string;
  readonly #workers: ChildProcess[] = [];

  private constructor(product: Product, key: string) {
    this.product = product;
    this.#key = key;
  }

  static async set(): Promise<Scene> {
    const product = await Product.start();
    return new Scene(product, await workerKey(product));
  }

  /** Resolves when it is connected. */
  async startWorker(program: string): Promise<ChildProcess> {
    const before = await this.#connected();
    const child = this.#start(program, [], { CAPSTAN_KEY: this.#key });
    this.#workers.push(child);
    const said: string[] = [];
    child.stderr?.on('data', (text: Buffer) => said.push(text.toString()));
    await until(
      'the worker is connected',
      async () => (await this.#connected()) > before,
      () => said.join(''),
    );
    return child;
  }

  /** What it wrote to standard output. @throws Error with what it wrote when it fails */
  async run(program: string, args: readonly string[] = []): Promise<string> {
    const child = this.#start(program, args, { CAPSTAN_KEY_FILE: join(this.product.data, 'admin.key') });
    const said: string[] = [];
    child.stdout?.on('data', (text: Buffer) => said.push(text.toString()));
    child.stderr?.on('data', (text: Buffer) => said.push(text.toString()));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.join('')}`);
    return said.join('');
  }

  /** Workers are asked to end, as their users would. @returns their exit codes */
  async endWorkers(): Promise<(number | null)[]> {
    return Promise.all(
      this.#workers.splice(0).map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        return (await ended)[0] as number | null;
      }),
    );
  }

  async end(): Promise<void> {
    await this.endWorkers();
    await this.product.end();
  }

  async #connected(): Promise<number> {
    return (await this.product.get<{ items: unknown[] }>('/workers')).items.length;
  }

  #start(program: string, args: readonly string[], key: Record<string, string>): ChildProcess {
    return spawn(process.execPath, ['--import', CLIENT, program, ...args], {
      env: { PATH: process.env.PATH ?? '', CAPSTAN_SERVER: this.product.address, ...key },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
