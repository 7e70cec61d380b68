/** A warm worker: handlers by name, run for the tasks that the server grants. */
import { availableParallelism, hostname } from 'node:os';
import { Worker as Thread } from 'node:worker_threads';
import { WorkerRefused } from '../errors.ts';
import { Transport } from '../http/transport.ts';
import { findServer, type ServerOptions } from '../server.ts';
import { CLIENT } from '../version.ts';
import { checkHandlers, defaultConcurrency, type Handlers } from './handlers.ts';
import type { LinkOptions, Refusal } from './link/link.ts';
import type { FromServer } from './link/protocol.ts';
import type { News, Order } from './link/thread.ts';
import type { Outlet } from './run.ts';
import { Running } from './running.ts';
import { Values } from './values.ts';

export type LogLevel = 'info' | 'warn';

export interface WorkerOptions extends ServerOptions {
  readonly handlers: Handlers;
  /** Default `['default']`. */
  readonly queues?: readonly string[] | undefined;
  /** Tasks at a time. Default: four for each core, and room for two of the largest batch. */
  readonly concurrency?: number | undefined;
  /** For people. Default: host and process id. */
  readonly name?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** How long running handlers may take when the worker is to end, milliseconds; below what SIGKILL follows after. Default 25,000. */
  readonly drainTimeout?: number | undefined;
  /** Default: warnings to standard error. */
  readonly log?: ((level: LogLevel, message: string) => void) | undefined;
}

export interface RunOptions {
  /** SIGTERM and SIGINT begin the end. Default true. */
  readonly signals?: boolean | undefined;
  /** So does its abort. */
  readonly signal?: AbortSignal | undefined;
}

const DRAIN_TIMEOUT = 25_000;
/** Of handlers that were asked to end because the worker does, milliseconds. */
const SHORT_GRACE = 3000;

export class Worker {
  readonly #options: WorkerOptions;
  #session: Session | undefined;

  /** @throws TypeError for options that make no sense; nothing is connected before `run` */
  constructor(options: WorkerOptions) {
    checkHandlers(options.handlers);
    if (options.queues?.length === 0) throw new TypeError('queues has at least one name');
    const { concurrency = 1 } = options;
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 10_000) {
      throw new TypeError('concurrency is a whole number from 1 to 10,000');
    }
    this.#options = options;
  }

  /**
   * Works until SIGTERM, SIGINT, `stop` or the signal: then takes no more, finishes what runs, and resolves. What
   * is left after `drainTimeout`, or at a second signal, is asked to stop and goes back to the queue at once.
   * @throws WorkerRefused when the server does not want this worker (any more)
   */
  async run({ signals = true, signal }: RunOptions = {}): Promise<void> {
    if (this.#session) throw new TypeError('this worker runs already');
    const session = new Session(this.#options);
    this.#session = session;
    const end = () => session.end();
    const names = signals ? (['SIGTERM', 'SIGINT'] as const) : [];
    for (const name of names) process.on(name, end);
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted) end();
    try {
      await session.run();
    } finally {
      for (const name of names) process.off(name, end);
      signal?.removeEventListener('abort', end);
      this.#session = undefined;
    }
  }

  /** Begins the end, as a signal does; a second time hands back what still runs. */
  stop(): void {
    this.#session?.end();
  }
}

/** One `run` of a worker. */
class Session {
  readonly #thread: Thread;
  readonly #transport: Transport;
  readonly #running: Running;
  readonly #drainTimeout: number;
  readonly #log: (level: LogLevel, message: string) => void;
  readonly #ending = new Latch();
  readonly #hurry = new Latch();
  readonly #drained = new Latch();
  readonly #linkEnded = new Latch();
  #failure: Error | undefined;

  constructor(options: WorkerOptions) {
    const { handlers, log = toStandardError, drainTimeout = DRAIN_TIMEOUT } = options;
    const server = findServer(options);
    const concurrency = options.concurrency ?? defaultConcurrency(handlers, availableParallelism());
    const facts = {
      name: options.name ?? `${hostname()}-${process.pid}`,
      handlers: Object.keys(handlers).sort(),
      queues: options.queues ?? ['default'],
      labels: options.labels ?? {},
      client: CLIENT,
    };
    this.#log = log;
    this.#drainTimeout = drainTimeout;
    this.#transport = new Transport(server);
    this.#thread = new Thread(threadFile(), {
      workerData: { server, facts, concurrency } satisfies LinkOptions,
    });
    this.#running = new Running({
      handlers,
      concurrency,
      outlet: outletOf((order) => this.#thread.postMessage(order)),
      values: new Values(this.#transport),
      onDeaf: (handler) =>
        log('warn', `a handler of ${handler} goes on though its lease is gone; it takes the place of a task`),
    });
    this.#thread.on('message', (news: News) => this.#hear(news));
    this.#thread.on('error', (error) => this.#broke(error));
    this.#thread.on('exit', () => this.#linkEnded.open());
  }

  async run(): Promise<void> {
    try {
      await Promise.race([this.#ending.opened, this.#linkEnded.opened]);
      if (!this.#linkEnded.isOpen) await this.#drain();
    } finally {
      await this.#close();
    }
    if (this.#failure) throw this.#failure;
  }

  end(): void {
    if (this.#ending.isOpen) this.#hurry.open();
    this.#ending.open();
  }

  #hear(news: News): void {
    switch (news.news) {
      case 'granted': {
        const { tasks } = JSON.parse(news.text) as Extract<FromServer, { type: 'tasks' }>;
        this.#running.start(tasks);
        return;
      }
      case 'stop':
        for (const order of news.orders) this.#running.stop(order);
        return;
      case 'lost':
        this.#running.lose(news.leases);
        return;
      case 'drained':
        this.#drained.open();
        return;
      case 'log':
        this.#log(news.level, news.message);
        return;
      case 'ended':
        if (news.refusal) this.#failure ??= refused(news.refusal);
        this.#linkEnded.open();
        return;
    }
  }

  #broke(error: unknown): void {
    const message = `the thread of the connection failed: ${error instanceof Error ? error.message : error}`;
    this.#failure ??= new WorkerRefused(message, { code: 'client.internal', cause: error });
    this.#linkEnded.open();
  }

  async #drain(): Promise<void> {
    this.#log('info', 'draining: no more tasks are taken');
    this.#thread.postMessage({ order: 'drain' } satisfies Order);
    const timeout = new Latch();
    const timer = setTimeout(() => timeout.open(), this.#drainTimeout);
    await Promise.race([this.#drained, this.#hurry, this.#linkEnded, timeout].map(({ opened }) => opened));
    clearTimeout(timer);
    if (this.#running.isBusy) {
      this.#log('warn', 'the handlers that still run are asked to stop; their tasks go back to the queue');
    }
  }

  /** What has not ended by now is handed back by `bye`. */
  async #close(): Promise<void> {
    this.#running.handBack('the worker ends');
    await this.#running.ended(SHORT_GRACE);
    this.#thread.postMessage({ order: 'close' } satisfies Order);
    await this.#linkEnded.opened;
    await this.#thread.terminate();
    this.#transport.close();
  }
}

/** Opens once. */
class Latch {
  isOpen = false;
  readonly opened: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  open(): void {
    this.isOpen = true;
    this.#resolve();
  }
}

function outletOf(post: (order: Order) => void): Outlet {
  return {
    finish: ({ uid, attempt }, entry) => post({ order: 'finish', lease: { uid, attempt }, entry }),
    abandon: (lease) => post({ order: 'abandon', lease }),
    progress: (lease, progress) => post({ order: 'progress', lease, progress }),
    log: (lease, text) => post({ order: 'log', lease, text }),
    resize: (concurrency) => post({ order: 'resize', concurrency }),
  };
}

/** Beside this file: from the sources, or compiled. */
function threadFile(): URL {
  return new URL(`./link/thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
}

function refused({ message, ...facts }: Refusal): WorkerRefused {
  return new WorkerRefused(message, facts);
}

function toStandardError(level: LogLevel, message: string): void {
  if (level === 'warn') process.stderr.write(`capstan: ${message}\n`);
}
