/**
 * Follows server-sent events across broken connections: each item's id resumes after it
 * (`Last-Event-ID`), until the server says `event: end` or the caller aborts.
 */
import type { EventSourceMessage } from 'eventsource-parser';
import { ApiError, errorBody, isPassing, streamError, Unreachable, unreachable } from './client-errors.ts';
import type { Prepared } from './request.ts';
import { backoff, send, type Transport } from './transport.ts';

export interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told once per break, before the first new try. */
  readonly onBreak?: ((error: Error) => void) | undefined;
}

/** A connection without a byte for this long is taken for dead; the server sends comments more often. */
const SILENCE_MS = 90_000;

/** Without any item or successful connection for this long the follower gives up, milliseconds of pauses. */
const GIVE_UP_MS = 15 * 60_000;

export async function* follow<T>(
  transport: Transport,
  request: Prepared,
  { signal, onBreak }: StreamOptions,
): AsyncGenerator<T> {
  let lastId: string | undefined;
  let failures = 0;
  let paused = 0;
  for (let opened = false; !signal?.aborted; ) {
    try {
      const connection = await connect(transport, resumed(request, lastId), signal);
      opened = true;
      for await (const message of connection) {
        if (message.event === 'end') return;
        failures = 0;
        paused = 0;
        lastId = message.id ?? lastId;
        yield JSON.parse(message.data) as T;
      }
      throw new Unreachable(`${request.url.origin} closed the stream before its end`);
    } catch (error) {
      if (signal?.aborted) return;
      // What could not be opened in the first place is the caller's to know.
      if (!opened || !isPassing(error) || paused > GIVE_UP_MS) throw error;
      if (failures === 0) onBreak?.(error as Error);
    }
    failures += 1;
    paused += backoff(failures);
    await transport.pause(backoff(failures), signal);
  }
}

/** Where it goes on replaces where it began. */
function resumed(request: Prepared, lastId: string | undefined): Prepared {
  const headers = { ...request.headers, accept: 'text/event-stream' };
  if (lastId === undefined) return { ...request, headers };
  const url = new URL(request.url);
  url.searchParams.delete('after');
  url.searchParams.delete('tail');
  return { ...request, url, headers: { ...headers, 'last-event-id': lastId } };
}

/** Resolves when the server has accepted; the returned items throw ApiError or Unreachable. */
async function connect(
  transport: Transport,
  request: Prepared,
  signal: AbortSignal | undefined,
): Promise<AsyncGenerator<EventSourceMessage>> {
  const over = new AbortController();
  const either = signal ? AbortSignal.any([over.signal, signal]) : over.signal;
  const response = await send(transport, request, { signal: either });
  return items(response, request, over);
}

async function* items(
  response: Response,
  { url }: Prepared,
  over: AbortController,
): AsyncGenerator<EventSourceMessage> {
  try {
    for await (const message of messages(response, over)) {
      if (message.event === 'error') throw asError(message.data);
      yield message;
    }
  } catch (error) {
    throw error instanceof ApiError ? error : unreachable(url.origin, error);
  } finally {
    over.abort();
  }
}

async function* messages(response: Response, over: AbortController): AsyncGenerator<EventSourceMessage> {
  const { createParser } = await import('eventsource-parser');
  const ready: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => ready.push(message) });
  const utf8 = new TextDecoder();
  const silence = setTimeout(() => over.abort(new DOMException('silence', 'TimeoutError')), SILENCE_MS);
  try {
    for await (const chunk of response.body ?? []) {
      silence.refresh();
      parser.feed(utf8.decode(chunk, { stream: true }));
      yield* ready.splice(0);
    }
  } finally {
    clearTimeout(silence);
  }
}

function asError(data: string): ApiError {
  const unknown = { code: 'internal', message: 'the stream failed', next: '', details: [], request_id: '' };
  return streamError(errorBody(data) ?? { error: unknown });
}
