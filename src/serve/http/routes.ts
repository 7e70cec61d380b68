/** The routes: one for each operation that has one, and the few about the server itself. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../core/errors/refused.ts';
import { defineOperation, type HttpRoute, type Operation } from '../../operations/define.ts';
import { invoke } from '../../operations/invoke.ts';
import { answerBytes } from './answer-bytes.ts';
import { answerStream } from './answer-stream.ts';
import { answerUnary } from './answer-unary.ts';
import { cookieOf } from './cookies.ts';
import { callerOf, goneSignal, type Serving } from './exchange.ts';
import { renderOpenApi } from './openapi.ts';
import { fieldsOf, rawInput } from './raw-input.ts';
import { traced } from './trace.ts';

export function addOperation(
  app: FastifyInstance,
  operation: Operation & { http: HttpRoute },
  serving: Serving,
): void {
  const known = fieldsOf(operation);
  app.route({
    method: operation.http.method,
    // A colon that is part of the path (`jobs:batch`) is written twice for the router.
    url: operation.http.path.replaceAll(':', '::').replace(/\{(\w+)\}/g, ':$1'),
    ...(operation.http.bodyLimit === undefined ? {} : { bodyLimit: operation.http.bodyLimit }),
    config: {
      operation: operation.name,
      effect: operation.effect,
      open: operation.permission === 'open',
    },
    handler: (request, reply) =>
      traced(operation.name, request.headers, () =>
        answer(operation, rawInput(request, known, keptOf(operation, request, serving)), {
          request,
          reply,
          serving,
        }),
      ),
  });
}

/** What the browser keeps for the page. */
function keptOf(
  { http }: { http: HttpRoute },
  request: FastifyRequest,
  { options }: Serving,
): Record<string, string | undefined> | undefined {
  if (!http.cookies) return undefined;
  const fields = Object.entries(http.cookies);
  return Object.fromEntries(fields.map(([field, name]) => [field, cookieOf(request, name, options)]));
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly serving: Serving;
}

function answer(operation: Operation, input: unknown, exchange: Exchange): Promise<FastifyReply> {
  switch (operation.kind) {
    case 'unary':
      return answerUnary(operation, input, exchange);
    case 'stream':
      return answerStream(operation, input, exchange);
    case 'bytes':
      return answerBytes(operation, input, exchange);
  }
}

export function addServerRoutes(app: FastifyInstance, serving: Serving): void {
  // Not before somebody asks: rendering it is a tenth of a warm start.
  let document: string | undefined;
  app.get('/livez', { config: { operation: 'livez', open: true, effect: 'health' } }, async () => ({
    alive: true,
  }));
  app.get('/readyz', { config: { operation: 'readyz', open: true, effect: 'health' } }, (_request, reply) =>
    answerReady(reply, serving),
  );
  app.get('/openapi.json', { config: { operation: 'openapi' } }, (_request, reply) => {
    document ??= JSON.stringify(renderOpenApi(serving.operations));
    return reply.type('application/json; charset=utf-8').send(document);
  });
  const metrics = metricsOperation(serving);
  app.get('/metrics', { config: { operation: metrics.name } }, async (request, reply) => {
    const { principal } = callerOf(request);
    const by = { input: {}, principal, ports: serving.ports, signal: goneSignal(reply) };
    return reply.type(serving.metrics.registry.contentType).send(await invoke(metrics, by));
  });
}

/** Through the same gate as every operation; not in the catalogue, because only HTTP has it. */
function metricsOperation({ metrics }: Serving) {
  return defineOperation({
    name: 'system.metrics',
    summary: 'Metrics of this server, as Prometheus reads them',
    input: z.strictObject({}),
    output: z.string(),
    permission: 'system:read',
    target: () => 'any',
    effect: 'read',
    audit: 'none',
    handler: () => metrics.registry.metrics(),
  });
}

async function answerReady(reply: FastifyReply, serving: Serving): Promise<FastifyReply> {
  const { ready, checks } = await serving
    .health()
    .catch(() => ({ ready: false, checks: { health: 'the check itself failed' } }));
  const open = ready && !serving.draining;
  const told = serving.draining ? { ...checks, server: 'stopping' } : checks;
  return reply.code(open ? 200 : 503).send({ ready: open, checks: told });
}

export interface RouteEntry {
  readonly method: string;
  /** As the router has it: `/api/v1/jobs/:project/:job`. */
  readonly path: string;
  /** Answers without a key. */
  readonly open: boolean;
}

/** Methods that the path of a request is there under. */
export function methodsAt({ url }: FastifyRequest, routes: readonly RouteEntry[]): string[] {
  return routes.filter((route) => matches(route.path, pathOf(url))).map((route) => route.method);
}

/** A path that exists under other methods says so. */
export function unknownRoute({ method, url }: FastifyRequest, methods: readonly string[]): Refused {
  const path = pathOf(url).slice(0, 200);
  return methods.length > 0
    ? new Refused('request.method', { method, path, allowed: methods.join(', ') })
    : new Refused('route.unknown', { method, path });
}

/** Without the query: it may hold what must not be repeated. */
function pathOf(url: string): string {
  return url.split('?')[0] ?? '';
}

function matches(pattern: string, path: string): boolean {
  const segments = path.split('/');
  const wanted = pattern.split('/');
  return (
    segments.length === wanted.length &&
    wanted.every((part, index) => part.startsWith(':') || part === segments[index])
  );
}
