/**
 * Requests over kept connections of one server. Every request of this package may be sent again: it reads, or carries
 * an idempotency key, or says the same twice. Redirects are not followed: they would carry the key elsewhere.
 */
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http';
import { Agent as HttpsAgent, request as overHttps } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, CapstanError, refusalOf, Unreachable } from '../errors.ts';
import { KeySource, type ServerFacts } from '../server.ts';
import { CLIENT } from '../version.ts';
import { isPassing, pauseOf, RETRY, type Retry, retryAfter } from './retry.ts';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** JSON. */
  readonly body?: string | Buffer | undefined;
  /** Milliseconds that the server may be silent on purpose, beside the usual limit. */
  readonly patience?: number | undefined;
}

export interface TransportOptions {
  readonly retry?: Retry | undefined;
  /** Without a byte for so long a request has failed, milliseconds. */
  readonly timeout?: number | undefined;
  readonly connections?: number | undefined;
}

const TIMEOUT = 30_000;
const CONNECTIONS = 256;

/** The server closes idle connections after a minute or so; this side is sooner. */
const KEEP_ALIVE = { keepAlive: true, keepAliveMsecs: 15_000 };

export class Transport {
  readonly retry: Retry;
  readonly #server: ServerFacts;
  readonly #keys: KeySource;
  readonly #agent: HttpAgent;
  readonly #timeout: number;

  constructor(server: ServerFacts, options: TransportOptions = {}) {
    this.#server = server;
    this.#keys = new KeySource(server);
    this.retry = options.retry ?? RETRY;
    this.#timeout = options.timeout ?? TIMEOUT;
    const agent = { ...KEEP_ALIVE, maxSockets: options.connections ?? CONNECTIONS };
    this.#agent = secure(server) ? new HttpsAgent({ ...agent, ca: server.ca }) : new HttpAgent(agent);
  }

  /** The body of a good answer, parsed. @throws CapstanError, or the reason of `signal` */
  async json<T>(request: Request, signal?: AbortSignal): Promise<T> {
    const { body, status } = await this.send(request, signal);
    try {
      return JSON.parse(body.toString()) as T;
    } catch (error) {
      throw new Unreachable(`what answers is not Capstan: HTTP ${status} with a body that is no JSON`, error);
    }
  }

  /** A good answer, after as many tries as it takes. @throws CapstanError, or the reason of `signal` */
  async send(request: Request, signal?: AbortSignal): Promise<Answer> {
    for (let failures = 1; ; failures += 1) {
      signal?.throwIfAborted();
      const { error, answer, wanted } = await this.#try(request, signal);
      if (answer) return answer;
      signal?.throwIfAborted();
      if (!isPassing(error.status) || failures >= this.retry.tries) throw error;
      const own = pauseOf(failures, this.retry);
      await pausing(wanted === undefined ? own : wanted * (1 + Math.random() / 4), signal);
    }
  }

  /** An answer whose body is read as it comes. @throws CapstanError for any but a good one; no second try */
  async open(request: Request, signal?: AbortSignal): Promise<IncomingMessage> {
    const response = await this.#response(request, signal);
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) return response;
    throw refusalOf(await whole(response));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #try(
    request: Request,
    signal: AbortSignal | undefined,
  ): Promise<
    | ({ answer: Answer } & { error?: never; wanted?: never })
    | { error: CapstanError; answer?: never; wanted: number | undefined }
  > {
    try {
      const answer = await whole(await this.#response(request, signal));
      if (answer.status >= 200 && answer.status < 300) return { answer };
      return { error: refusalOf(answer), wanted: retryAfter(answer.headers['retry-after']) };
    } catch (error) {
      if (!(error instanceof CapstanError)) throw error;
      return { error, wanted: undefined };
    }
  }

  #response(request: Request, signal: AbortSignal | undefined): Promise<IncomingMessage> {
    const url = new URL(this.#server.address + request.path);
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const headers: Record<string, string> = {
      'user-agent': CLIENT,
      accept: 'application/json',
      ...this.#keys.headers(),
      ...(request.body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(request.body)) }),
      ...request.headers,
    };
    const send = secure(this.#server) ? overHttps : overHttp;
    return new Promise((resolve, reject) => {
      const options = { method: request.method, headers, agent: this.#agent, ...(signal ? { signal } : {}) };
      const sent: ClientRequest = send(url, options, resolve);
      sent.setTimeout(this.#timeout + (request.patience ?? 0), () =>
        sent.destroy(new Error('it was silent for too long')),
      );
      sent.on('error', (error) => reject(signal?.aborted ? signal.reason : this.#unreachable(error)));
      sent.end(request.body);
    });
  }

  #unreachable(error: Error): Unreachable {
    return new Unreachable(`${this.#server.address} does not answer: ${error.message || error.name}`, error);
  }
}

function secure({ address }: ServerFacts): boolean {
  return address.startsWith('https:');
}

async function whole(response: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of response) pieces.push(piece as Buffer);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    throw new Unreachable(`the answer broke off: ${error instanceof Error ? error.message : error}`, error);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) };
}

/** @throws the reason of `signal` */
export async function pausing(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
