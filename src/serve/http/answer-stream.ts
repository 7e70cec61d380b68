/** Answers a stream operation with server-sent events. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../../core/errors/refused.ts';
import type { StreamOperation } from '../../operations/define.ts';
import { invoke } from '../../operations/invoke.ts';
import { ownerOf } from './call-limiter.ts';
import { refusalOf } from './error-body.ts';
import { EventStream } from './event-stream.ts';
import { type Caller, callerOf, type Serving } from './exchange.ts';
import { originOf } from './origin.ts';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies that gather answers would hold events back.
  'x-accel-buffering': 'no',
};

type Items = AsyncIterator<unknown>;

/** A refusal that comes before the head was sent is thrown, and has its own status. */
export async function answerStream(
  operation: StreamOperation,
  input: unknown,
  { request, reply, serving }: { request: FastifyRequest; reply: FastifyReply; serving: Serving },
): Promise<FastifyReply> {
  const caller = callerOf(request);
  const leave = serving.limiter.openStream(ownerOf(caller.principal));
  const stream = new EventStream(request.id);
  stream.signal.addEventListener('abort', leave);
  reply.raw.once('close', () => stream.body.destroy());
  const { principal } = caller;
  const source = invoke(operation, {
    input,
    principal,
    ports: serving.ports,
    signal: stream.signal,
    origin: originOf(request, serving),
  });
  const items = source[Symbol.asyncIterator]();
  const first = items.next();
  try {
    await settledWithin(first, serving.options.firstItemMs);
  } catch (error) {
    stream.body.destroy();
    throw error;
  }
  attend(stream, caller, serving);
  void pump(stream, { items, first }, serving);
  return reply.headers(HEADERS).send(stream.body);
}

/** Resolves when the promise or the time is over; rejects as the promise does within it. */
async function settledWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}

async function pump(
  stream: EventStream,
  { items, first }: { items: Items; first: Promise<IteratorResult<unknown>> },
  serving: Serving,
): Promise<void> {
  try {
    for (let next = await first; !next.done && !stream.signal.aborted; next = await items.next()) {
      await stream.send(next.value);
    }
    stream.finish({ event: 'end' });
  } catch (error) {
    if (!stream.signal.aborted) finishWith(stream, error, serving);
  } finally {
    await items.return?.().catch(() => undefined);
  }
}

/** Keeps the stream alive for as long as its key holds, until it ends from either side. */
function attend(stream: EventStream, caller: Caller, serving: Serving): void {
  if (stream.signal.aborted) return;
  const { heartbeatMs, watchMs } = serving.options;
  const timers = [
    setInterval(() => stream.heartbeat(), heartbeatMs),
    setInterval(() => void watch(stream, caller, serving), watchMs),
  ];
  serving.streams.add(stream);
  serving.metrics.streams(1);
  stream.signal.addEventListener('abort', () => {
    for (const timer of timers) clearInterval(timer);
    serving.streams.delete(stream);
    serving.metrics.streams(-1);
  });
  if (serving.draining) finishWith(stream, new Refused('server.stopping'), serving);
}

/** A key that was revoked, or has other roles, closes what it opened. */
async function watch(stream: EventStream, caller: Caller, serving: Serving): Promise<void> {
  // While the store does not answer the key is not known to have ended.
  const holds = await caller.stillHolds().catch(() => true);
  if (!holds) finishWith(stream, new Refused('auth.invalid'), serving);
}

export function finishWith(stream: EventStream, error: unknown, serving: Serving): void {
  const refused = refusalOf(error, serving.options);
  const { requestId } = stream;
  if (refused.code === 'internal')
    serving.log?.error({ request_id: requestId, err: refused.cause }, 'stream failed');
  stream.finish({ event: 'error', refused, requestId });
}
