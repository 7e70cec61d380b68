/**
 * One open stream of server-sent events. Items wait for the reader (backpressure); while it is
 * silent a comment shows that it lives; it ends with `end`, or with `error`, which for a server that
 * stops has the code `server.stopping`: the client connects again and continues after its last id.
 */
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { Refused } from '../../core/errors/refused.ts';
import { errorBody } from './error-body.ts';

/** How soon a client should connect again, milliseconds. */
const RETRY_MS = 1000;

/** An id goes into a line of its own: anything that could end the line is left out. */
const SAFE_ID = /^[\x21-\x7e]+$/;

export type StreamEnd =
  | { readonly event: 'end' }
  | { readonly event: 'error'; readonly refused: Refused; readonly requestId: string };

export class EventStream {
  readonly #out = new PassThrough();
  readonly #stopped = new AbortController();
  readonly requestId: string;

  constructor(requestId: string) {
    this.requestId = requestId;
    this.#out.once('close', () => this.#stopped.abort());
    this.#out.write(`retry: ${RETRY_MS}\n\n`);
  }

  /** The body of the answer. */
  get body(): Readable {
    return this.#out;
  }

  /** Aborted when nothing more is wanted: the reader is gone, or the stream has ended. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  /** Resolves when there is room for the next. */
  async send(item: unknown): Promise<void> {
    if (!this.#out.writable) return;
    const id = idOf(item);
    const line = id === undefined ? '' : `id: ${id}\n`;
    const room = this.#out.write(`${line}event: item\ndata: ${JSON.stringify(item)}\n\n`);
    if (!room) await once(this.#out, 'drain', { signal: this.signal }).catch(() => undefined);
  }

  /** A comment, unless what was sent before still waits for the reader. */
  heartbeat(): void {
    if (this.#out.writable && !this.#out.writableNeedDrain) this.#out.write(': alive\n\n');
  }

  /** The first end counts. */
  finish(end: StreamEnd): void {
    if (!this.#out.writable) return;
    const data = end.event === 'end' ? {} : errorBody(end.refused, end.requestId);
    this.#out.end(`event: ${end.event}\ndata: ${JSON.stringify(data)}\n\n`);
    this.#stopped.abort();
  }
}

function idOf(item: unknown): string | undefined {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined;
  return typeof id === 'string' && SAFE_ID.test(id) ? id : undefined;
}
