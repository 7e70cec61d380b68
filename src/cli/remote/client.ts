/** The client of the HTTP API, typed by the operations. Nothing of it knows a verb or a terminal. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './api.gen.ts';
import { unreachable } from './client-errors.ts';
import { follow, type StreamOptions } from './event-stream.ts';
import { type OperationName, type Prepared, prepare } from './request.ts';
import { type Pause, send, type Transport } from './transport.ts';

type NamesOf<K> = { [N in OperationName]: Api[N]['kind'] extends K ? N : never }[OperationName];

export type UnaryName = NamesOf<'unary'>;
export type StreamName = NamesOf<'stream'>;
export type BytesName = NamesOf<'bytes'>;

export interface ClientOptions {
  /** `https://capstan.example`, with a path prefix if there is one. */
  readonly server: string;
  readonly key?: string | undefined;
  readonly userAgent?: string | undefined;
  /** For one answer, milliseconds; streams and downloads may last longer. Default 30 s. */
  readonly timeoutMs?: number | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly pause?: Pause | undefined;
}

export interface Download {
  /** As announced, if it was. */
  readonly bytes: number | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Every method throws `ApiError` (the server said no) or `Unreachable`. */
export interface Client {
  call<N extends UnaryName>(name: N, input: Api[N]['input']): Promise<Api[N]['output']>;
  stream<N extends StreamName>(
    name: N,
    input: Api[N]['input'],
    options?: StreamOptions,
  ): AsyncIterable<Api[N]['output']>;
  download<N extends BytesName>(name: N, input: Api[N]['input']): Promise<Download>;
}

export function createClient(options: ClientOptions): Client {
  const { server, key, userAgent = 'capstan-client' } = options;
  const transport: Transport = {
    fetch: options.fetch ?? globalThis.fetch,
    pause: options.pause ?? pause,
    timeoutMs: options.timeoutMs ?? 30_000,
  };
  const request = (name: OperationName, input: object) =>
    prepare({ server, key, userAgent }, name, { ...input });
  return {
    async call(name, input) {
      const prepared = request(name, input);
      const sent = KEYED.has(name) ? once(prepared) : prepared;
      return answerOf(await send(transport, sent, { limit: 'whole' }), prepared);
    },
    stream: (name, input, how = {}) => follow(transport, request(name, input), how),
    async download(name, input) {
      const prepared = request(name, input);
      const response = await send(transport, prepared);
      const length = response.headers.get('content-length');
      return {
        bytes: length === null ? undefined : Number(length),
        content: contentOf(response, prepared),
      };
    },
  };
}

/** What makes a job, and would make another when it is repeated. */
const KEYED: ReadonlySet<OperationName> = new Set<OperationName>(['job.submit', 'schedule.trigger']);

/** The same key on every try of one submission makes it one job (invariant 1). */
function once(prepared: Prepared): Prepared {
  return { ...prepared, headers: { ...prepared.headers, 'idempotency-key': randomUUID() } };
}

async function answerOf<T>(response: Response, { url }: Prepared): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw unreachable(url.origin, new Error('the answer is not whole, or not JSON', { cause: error }));
  }
}

async function* contentOf(response: Response, { url }: Prepared): AsyncGenerator<Uint8Array> {
  try {
    yield* response.body ?? [];
  } catch (error) {
    throw unreachable(url.origin, error);
  }
}

/** Ends early, and quietly, when aborted. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
}
