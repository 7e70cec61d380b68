/** One log line and one count for each request, when its answer is whole or its caller gone. No body, no key, no URL. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Serving } from './exchange.ts';
import type { StatusClass } from './metrics.ts';

/** Answers are about jobs and keys: no cache keeps them, no browser guesses what they are. */
const CAUTION = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function addObservation(app: FastifyInstance, serving: Serving): void {
  app.addHook('onRequest', async (request, reply) => {
    const began = performance.now();
    reply.headers({ 'x-request-id': request.id, ...CAUTION });
    serving.metrics.begin();
    reply.raw.once('close', () => {
      record(request, reply, { serving, ms: performance.now() - began });
      // What was in use when the server began to close is idle from here on.
      if (serving.draining) setImmediate(() => app.server.closeIdleConnections());
    });
  });
  app.addHook('onSend', async (_request, reply) => {
    if (serving.draining) reply.header('connection', 'close');
  });
}

function record(
  request: FastifyRequest,
  reply: FastifyReply,
  { serving, ms }: { serving: Serving; ms: number },
): void {
  const operation = request.routeOptions.config.operation ?? 'unknown';
  const status = statusClass(reply);
  serving.metrics.end(operation, status);
  if (!isStream(reply)) serving.metrics.took(operation, ms / 1000);
  serving.log?.info(
    {
      request_id: request.id,
      operation,
      method: request.method,
      status: status === 'aborted' ? status : reply.raw.statusCode,
      ms: Math.round(ms * 10) / 10,
      principal: request.caller?.principal.id,
    },
    'request',
  );
}

/** A stream is whole whenever it ends: its reader leaves when it has seen enough. */
function statusClass(reply: FastifyReply): StatusClass {
  if (!reply.raw.writableFinished && !(isStream(reply) && reply.raw.headersSent)) return 'aborted';
  return `${Math.floor(reply.raw.statusCode / 100)}xx`;
}

function isStream(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type')).startsWith('text/event-stream');
}
