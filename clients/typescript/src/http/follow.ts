/**
 * Follows a stream across broken connections: each item's id resumes after it (`Last-Event-ID`), so that none is
 * skipped and none comes twice, until the server says `end` or the caller aborts.
 */
import { CapstanError, refusalOf, Unreachable } from '../errors.ts';
import { isPassing, pauseOf } from './retry.ts';
import { type StreamMessage, StreamParser } from './sse.ts';
import { pausing, type Request, type Transport } from './transport.ts';

/** Without a byte for so long a stream is dead: the server sends comments more often. Milliseconds. */
const SILENCE = 90_000;

/** What passes by itself, of what a stream ends with. */
const PASSING: ReadonlySet<string> = new Set(['store.unavailable', 'server.stopping', 'agent.unavailable']);

/** @throws CapstanError for what could never be opened, and for what does not pass */
export async function* follow<T>(
  transport: Transport,
  request: Request,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  let lastId: string | undefined;
  let opened = false;
  let failures = 0;
  while (!signal?.aborted) {
    try {
      for await (const message of messages(transport, resumed(request, lastId), {
        signal,
        onOpen: () => (opened = true),
      })) {
        if (message.event === 'end') return;
        failures = 0;
        lastId = message.id ?? lastId;
        yield JSON.parse(message.data) as T;
      }
      throw new Unreachable('the stream broke off before its end');
    } catch (error) {
      if (signal?.aborted) return;
      failures += 1;
      const passing = error instanceof CapstanError && isPassing(error.status);
      if (!opened || !passing || failures >= transport.retry.tries) throw error;
      await pausing(pauseOf(failures, transport.retry), signal).catch(() => undefined);
    }
  }
}

/** Where it goes on replaces where it began. */
function resumed(request: Request, lastId: string | undefined): Request {
  const headers = { ...request.headers, accept: 'text/event-stream' };
  const patience = SILENCE;
  if (lastId === undefined) return { ...request, headers, patience };
  const { after: _, ...query } = request.query ?? {};
  return { ...request, query, headers: { ...headers, 'last-event-id': lastId }, patience };
}

interface Reading {
  readonly signal: AbortSignal | undefined;
  readonly onOpen: () => void;
}

async function* messages(
  transport: Transport,
  request: Request,
  { signal, onOpen }: Reading,
): AsyncGenerator<StreamMessage> {
  const response = await transport.open(request, signal);
  try {
    if (!response.headers['content-type']?.startsWith('text/event-stream')) {
      throw new Unreachable('what answers is no stream of events');
    }
    onOpen();
    const parser = new StreamParser();
    for await (const piece of response) {
      for (const message of parser.feed(piece as Buffer)) {
        if (message.event === 'error') throw streamError(message.data);
        yield message;
      }
    }
  } catch (error) {
    if (error instanceof CapstanError || signal?.aborted) throw error;
    throw new Unreachable(`the stream broke off: ${error instanceof Error ? error.message : error}`, error);
  } finally {
    response.destroy();
  }
}

/** An `event: error` carries no status; what a retry can mend counts as 503. */
function streamError(data: string): CapstanError {
  const answer = { status: 500, headers: {}, body: Buffer.from(data) };
  return PASSING.has(refusalOf(answer).code) ? refusalOf({ ...answer, status: 503 }) : refusalOf(answer);
}
