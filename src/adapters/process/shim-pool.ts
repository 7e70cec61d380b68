/**
 * Starts shims. Node takes tens of milliseconds to start, so one shim is kept ready: it waits for
 * the name of an attempt on its standard input, and ends by itself when that is closed instead.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A burst of starts is not slowed by the making of the next spare. */
const REFILL_AFTER_MS = 100;
/** Measured: keeps a shim's own memory at about 10 MB; it never needs threads to collect or compile. */
const NODE_FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=64', '--v8-pool-size=0'];

export interface ShimPoolOptions {
  readonly nodeBinary: string;
  /** Where Node keeps what it has compiled of the shim. */
  readonly cacheDir: string;
  /** 0 or 1. */
  readonly spares: number;
}

export class ShimPool {
  readonly #options: ShimPoolOptions;
  #spare: ChildProcess | undefined;
  #refill: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ShimPoolOptions) {
    this.#options = options;
    this.#scheduleRefill(0);
  }

  /** Lets a shim run the attempt of that directory. `onExit` hears of its end while this process lives. */
  run(dir: string, onExit: (how: string) => void): void {
    const shim = this.#take();
    shim.once('exit', (code, signal) => onExit(signal ?? `code ${code}`));
    shim.once('error', (error) => onExit(error.message));
    // The shim that ends before it has read reports so by its exit.
    shim.stdin?.on('error', () => undefined);
    shim.stdin?.end(dir);
    this.#scheduleRefill(REFILL_AFTER_MS);
  }

  /** Lets the spare go, and resolves when it has gone. Shims with an attempt stay. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#refill);
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare === undefined || !isReady(spare)) return;
    const gone = new Promise((resolve) => {
      spare.once('exit', resolve);
      spare.once('error', resolve);
    });
    spare.ref();
    spare.stdin?.end();
    await gone;
  }

  #take(): ChildProcess {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare !== undefined && isReady(spare) ? spare : this.#spawn();
  }

  #scheduleRefill(afterMs: number): void {
    clearTimeout(this.#refill);
    if (this.#closed || this.#options.spares === 0) return;
    this.#refill = setTimeout(() => {
      this.#spare ??= this.#spawn();
    }, afterMs).unref();
  }

  #spawn(): ChildProcess {
    const child = spawn(this.#options.nodeBinary, [...NODE_FLAGS, shimProgram()], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', NODE_COMPILE_CACHE: this.#options.cacheDir },
    });
    child.on('error', () => undefined);
    child.unref();
    (child.stdin as unknown as { unref(): void } | null)?.unref();
    return child;
  }
}

function isReady({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Beside this module, as source or compiled. */
function shimProgram(): string {
  const here = fileURLToPath(import.meta.url);
  return join(here, '..', 'shim', here.endsWith('.ts') ? 'main.ts' : 'main.js');
}
