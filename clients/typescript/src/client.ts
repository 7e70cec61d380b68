/**
 * Submits, waits, follows and cancels. Every submission carries an idempotency key, so every request can be sent
 * again; an error is what was left after the last try.
 */
import type {
  BatchAnswer,
  Event,
  EventList,
  Job,
  JobList,
  ListFilters,
  LogLine,
  Outcome,
  State,
  SubmittedJob,
} from './api.ts';
import { Coalescer, type Submitted } from './coalescer.ts';
import { CapstanError, TaskCancelled, TaskFailed } from './errors.ts';
import { follow } from './http/follow.ts';
import type { Retry } from './http/retry.ts';
import { RETRY } from './http/retry.ts';
import { type Request, Transport } from './http/transport.ts';
import { uuid7 } from './ids.ts';
import { type JobItem, type JobRef, projectOf, reference, type TaskOptions, task } from './options.ts';
import { findServer, type ServerOptions } from './server.ts';
import { currentTrace } from './trace.ts';
import { waitFor } from './waiting.ts';

export interface ClientOptions extends ServerOptions {
  /** Else CAPSTAN_PROJECT, else `default`. */
  readonly project?: string | undefined;
  /** Single submissions that are under way at the same time go as one batch. Off by default. */
  readonly coalesce?: boolean | undefined;
  /** Without a byte for so long a request has failed, milliseconds. Default 30,000. */
  readonly timeout?: number | undefined;
  readonly retry?: Partial<Retry> | undefined;
}

export interface CallOptions {
  readonly project?: string | undefined;
  /** Ends the call with its reason; what the server has begun it goes on with. */
  readonly signal?: AbortSignal | undefined;
}

export interface SubmitOptions extends CallOptions {
  /** Default: a new UUIDv7. The same key again is the same job. */
  readonly idempotencyKey?: string | undefined;
  /** W3C trace context, handed on to the handler. Default: that of the handler which submits. */
  readonly traceparent?: string | undefined;
}

export interface WaitOptions extends CallOptions {
  /** Milliseconds; without it as long as it takes. */
  readonly timeout?: number | undefined;
}

export class Client {
  readonly project: string;
  readonly #transport: Transport;
  readonly #coalescer: Coalescer | undefined;

  /** @throws TypeError when no server is named, or the key would be sent in the clear */
  constructor(options: ClientOptions = {}) {
    this.project = options.project ?? (process.env.CAPSTAN_PROJECT || 'default');
    const { timeout, retry } = options;
    this.#transport = new Transport(findServer(options), { timeout, retry: { ...RETRY, ...retry } });
    if (options.coalesce) {
      this.#coalescer = new Coalescer((items, lane) => this.submitBatch(items, lane));
    }
  }

  /** A task for whichever worker announces `handler`. It is durable when this resolves. */
  async submit(
    handler: string,
    payload?: unknown,
    options: TaskOptions & SubmitOptions = {},
  ): Promise<Submitted> {
    const { of, call } = parted(options);
    const item = task(handler, payload, of);
    if (this.#coalescer && call.idempotencyKey === undefined) {
      const lane = { project: this.#projectOf(call), traceparent: call.traceparent ?? currentTrace() };
      return interruptible(this.#coalescer.submit(item, lane), call.signal);
    }
    const { metadata, repeated } = await this.submitJob(item, call);
    return { uid: metadata.uid, name: metadata.name, repeated };
  }

  /** Any job, as the API takes it: `{name, labels, spec}`. */
  submitJob(job: JobItem, options: SubmitOptions = {}): Promise<SubmittedJob> {
    const request = submission('/api/v1/jobs', { project: this.#projectOf(options), ...job }, options);
    const headers = { ...request.headers, 'idempotency-key': options.idempotencyKey ?? uuid7() };
    return this.#transport.json({ ...request, headers }, options.signal);
  }

  /**
   * Up to 10,000 at once; `task(handler, payload, options)` makes one.
   * @param options.mode `each`: every item is answered for itself, in order. `all`: one that is refused refuses them all
   */
  submitBatch(
    jobs: Iterable<JobItem>,
    options: SubmitOptions & { readonly mode?: 'each' | 'all' | undefined } = {},
  ): Promise<BatchAnswer> {
    const { mode = 'each', idempotencyKey = uuid7() } = options;
    const body = { project: this.#projectOf(options), mode, jobs: [...jobs], idempotencyKey };
    return this.#transport.json(submission('/api/v1/jobs:batch', body, options), options.signal);
  }

  /**
   * What one job, or all of many, came to; with `until: 'any'`, those that have ended when the first has. In the
   * order asked. @throws WaitTimeout with those that have ended
   */
  wait(job: JobRef, options?: WaitOptions): Promise<Outcome>;
  wait(
    jobs: readonly JobRef[],
    options?: WaitOptions & { readonly until?: 'all' | 'any' },
  ): Promise<Outcome[]>;
  async wait(
    asked: JobRef | readonly JobRef[],
    options: WaitOptions & { readonly until?: 'all' | 'any' } = {},
  ): Promise<Outcome | Outcome[]> {
    const jobs = Array.isArray(asked) ? (asked as readonly JobRef[]) : [asked as JobRef];
    const { timeout, signal, until = 'all' } = options;
    const project = this.#projectOf(options, jobs[0]);
    const ended = await waitFor(this.#transport, {
      project,
      jobs: jobs.map(reference),
      until,
      timeout,
      signal,
    });
    return Array.isArray(asked) ? ended : (ended[0] as Outcome);
  }

  /** Waits for a task and returns its result, of any size. @throws TaskFailed, TaskCancelled, WaitTimeout */
  async result<T = unknown>(job: JobRef, options: WaitOptions = {}): Promise<T> {
    const outcome = await this.wait(job, options);
    if (outcome.state === 'cancelled') throw new TaskCancelled(outcome);
    if (outcome.state !== 'succeeded') throw new TaskFailed(outcome);
    if ('result' in outcome || !outcome.resultBytes) return (outcome.result ?? null) as T;
    const project = this.#projectOf(options, job);
    return this.#transport.json(reading(`${pathOf(project, outcome.uid)}/result`), options.signal);
  }

  /** @param options.waitTimeout milliseconds, of the waiting; `timeout` is that of an attempt */
  async submitAndWait<T = unknown>(
    handler: string,
    payload?: unknown,
    options: TaskOptions & SubmitOptions & { readonly waitTimeout?: number | undefined } = {},
  ): Promise<T> {
    const { waitTimeout, ...rest } = options;
    const started = performance.now();
    const { uid } = await this.submit(handler, payload, rest);
    const timeout =
      waitTimeout === undefined ? undefined : Math.max(1, waitTimeout - (performance.now() - started));
    return this.result<T>(uid, { project: rest.project, signal: rest.signal, timeout });
  }

  get(job: JobRef, options: CallOptions = {}): Promise<Job> {
    return this.#transport.json(
      reading(pathOf(this.#projectOf(options, job), reference(job))),
      options.signal,
    );
  }

  /** What a task was submitted with, of any size. */
  payload<T = unknown>(job: JobRef, options: CallOptions = {}): Promise<T> {
    const path = `${pathOf(this.#projectOf(options, job), reference(job))}/payload`;
    return this.#transport.json(reading(path), options.signal);
  }

  /** Newest first, page by page; `limit` is that of one page. */
  async *list(
    filters: ListFilters & { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<Job, void, undefined> {
    const { signal, ...asked } = filters;
    const query = textOf({ project: this.project, ...asked });
    for (let cursor: string | undefined; ; ) {
      const page: JobList = await this.#transport.json(
        { ...reading('/api/v1/jobs'), query: { ...query, ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      );
      yield* page.items;
      cursor = page.next;
      if (cursor === undefined) return;
    }
  }

  /** Its handler is asked to stop; `wait` tells when it has. A job that was cancelled before is no error. */
  async cancel(
    job: JobRef,
    options: CallOptions & { readonly reason?: string | undefined } = {},
  ): Promise<Job> {
    const { reason, signal } = options;
    const path = `${pathOf(this.#projectOf(options, job), reference(job))}/cancel`;
    try {
      return await this.#transport.json({ method: 'POST', path, body: JSON.stringify({ reason }) }, signal);
    } catch (error) {
      if (!(error instanceof CapstanError) || error.code !== 'job.wrong_state') throw error;
      const now = await this.get(job, options);
      if (now.status.state !== ('cancelled' satisfies State)) throw error;
      return now;
    }
  }

  /**
   * Events of one job, or of the project, as they happen, across broken connections: none is skipped, none comes
   * twice. Ends by `break`, or by `signal` without an error.
   * @param options.after an event's id, or `start` for those that are still kept; without it from now on
   */
  follow(
    job?: JobRef,
    options: CallOptions & { readonly after?: string | undefined } = {},
  ): AsyncGenerator<Event, void, undefined> {
    const { after, signal } = options;
    const project = this.#projectOf(options, job);
    const query = textOf({ project, job: job === undefined ? undefined : reference(job), after });
    return follow(this.#transport, { ...reading('/api/v1/events/follow'), query }, signal);
  }

  /** The events of one job, or of the project, that are kept, from the oldest. */
  async *events(job?: JobRef, options: CallOptions = {}): AsyncGenerator<Event, void, undefined> {
    const project = this.#projectOf(options, job);
    const query = textOf({ project, job: job === undefined ? undefined : reference(job), limit: 1000 });
    const newestFirst: Event[] = [];
    for (let cursor: string | undefined; ; ) {
      const page: EventList = await this.#transport.json(
        { ...reading('/api/v1/events'), query: { ...query, ...textOf({ cursor }) } },
        options.signal,
      );
      newestFirst.push(...page.items);
      cursor = page.next;
      if (cursor === undefined) break;
    }
    yield* newestFirst.reverse();
  }

  /** What its handler logged; with `follow` until the job has ended. */
  logs(
    job: JobRef,
    options: CallOptions & { readonly follow?: boolean | undefined } = {},
  ): AsyncGenerator<LogLine, void, undefined> {
    const path = `${pathOf(this.#projectOf(options, job), reference(job))}/logs`;
    const query = textOf({ follow: options.follow ? 'true' : undefined });
    return follow(this.#transport, { ...reading(path), query }, options.signal);
  }

  /** Closes the kept connections; requests under way fail. */
  close(): void {
    this.#transport.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #projectOf({ project }: CallOptions, job?: JobRef): string {
    return project ?? (job === undefined ? undefined : projectOf(job)) ?? this.project;
  }
}

function parted({ project, signal, idempotencyKey, traceparent, ...of }: TaskOptions & SubmitOptions) {
  return { of, call: { project, signal, idempotencyKey, traceparent } };
}

function reading(path: string): Request {
  return { method: 'GET', path };
}

function submission(path: string, body: unknown, { traceparent = currentTrace() }: SubmitOptions): Request {
  const headers: Record<string, string> = traceparent === undefined ? {} : { traceparent };
  return { method: 'POST', path, body: JSON.stringify(body), headers };
}

/** A dot segment would lead to another route, even when it is escaped. */
function pathOf(project: string, job: string): string {
  for (const text of [project, job]) {
    if (['', '.', '..'].includes(text)) throw new TypeError(`"${text}" is no name`);
  }
  return `/api/v1/jobs/${encodeURIComponent(project)}/${encodeURIComponent(job)}`;
}

function textOf(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  );
}

/** @throws the reason of `signal` */
function interruptible<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
