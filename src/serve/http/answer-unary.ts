/** Answers an operation that answers once, with JSON, within its time. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../../core/errors/refused.ts';
import type { UnaryOperation } from '../../operations/define.ts';
import { invoke } from '../../operations/invoke.ts';
import { keepInCookies } from './cookies.ts';
import { abortWhenGone, callerOf, type Serving } from './exchange.ts';
import { originOf } from './origin.ts';
import { traceparentOf } from './trace.ts';

export async function answerUnary(
  operation: UnaryOperation,
  input: unknown,
  { request, reply, serving }: { request: FastifyRequest; reply: FastifyReply; serving: Serving },
): Promise<FastifyReply> {
  const { principal } = callerOf(request);
  const { ports, options } = serving;
  const result = await within(options.answerMs, reply, (signal) =>
    invoke(operation, {
      input,
      principal,
      ports,
      signal,
      origin: originOf(request, serving),
      traceparent: traceparentOf(request.headers),
    }),
  );
  return reply
    .code(statusOf(input, result))
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(keepInCookies(operation, result, { reply, options }) ?? null));
}

/** Throws Refused `server.slow` when the time is over first; the work is told by its signal. */
async function within<T>(
  ms: number,
  reply: FastifyReply,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const refused = new Refused('server.slow', { seconds: ms / 1000 });
    over.abort(refused);
    reject(refused);
  }, ms);
  // One controller for both: combined signals cost more than all the rest of a small request.
  abortWhenGone(reply, over);
  try {
    return await Promise.race([work(over.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** 201 for what says that it was made by this very request; a repeated or a dry one made nothing. */
function statusOf(input: unknown, result: unknown): number {
  const made = typeof result === 'object' && result !== null && 'repeated' in result && !result.repeated;
  const dry = typeof input === 'object' && input !== null && 'dryRun' in input && input.dryRun === true;
  return made && !dry ? 201 : 200;
}
