/**
 * The HTTP surface: every operation that has a route, projected onto fastify. It adds no logic;
 * permission and validation are `invoke`'s. What is here is only about HTTP: who asks, limits,
 * errors in one shape, streams, and a close that loses no answer.
 */
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { Refused } from '../../core/errors/refused.ts';
import type { HttpRoute, Operation } from '../../operations/define.ts';
import type { SharedBuckets } from '../../ports/shared-buckets.ts';
import { finishWith } from './answer-stream.ts';
import { CallLimiter } from './call-limiter.ts';
import { errorBody, refusalHeaders, refusalOf } from './error-body.ts';
import type { Authenticate, Health, Ports, Serving } from './exchange.ts';
import { addGuard } from './guard.ts';
import { parseJson } from './json.ts';
import { createHttpMetrics } from './metrics.ts';
import { createNodeServer, type NodeServer } from './node-server.ts';
import { addObservation } from './observe.ts';
import { type CallerLimits, DEFAULT_OPTIONS, type HttpOptions } from './options.ts';
import { newRequestId } from './request-id.ts';
import { addOperation, addServerRoutes, methodsAt, type RouteEntry, unknownRoute } from './routes.ts';

export interface HttpServerParts {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly ports: Ports;
  readonly authenticate: Authenticate;
  /** By the session that a browser keeps as a cookie; absent: cookies open nothing. */
  readonly authenticateBrowser?: Authenticate | undefined;
  readonly health: () => Promise<Health>;
  readonly log?: Logger | undefined;
  /** Where to register; a registry of its own when absent. */
  readonly metrics?: Registry | undefined;
  /** Where replicas share their rate limits; they are its owner's to close. */
  readonly sharedLimits?: SharedBuckets | undefined;
  readonly options?: Partial<HttpOptions> | undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:7070` */
  readonly url: string;
}

export interface HttpServer {
  /** Port 0: any free one. */
  listen(at: { readonly host: string; readonly port: number }): Promise<Address>;
  /**
   * Takes nothing new, tells streams to go elsewhere, finishes what has begun within `graceMs`,
   * then cuts off what is left.
   */
  close(how: { readonly graceMs: number }): Promise<void>;
  /** Takes these limits from the next request on. */
  limit(limits: CallerLimits): void;
  /** New handshakes get this one; connections that are open stay. PEM. */
  useCertificate(pair: { readonly cert: string; readonly key: string }): void;
  /** What the router really has. */
  readonly routes: readonly RouteEntry[];
  /** For upgrades: whoever takes one owns its socket, until `close` cuts it off. */
  readonly node: Server;
}

export async function createHttpServer(parts: HttpServerParts): Promise<HttpServer> {
  const options = { ...DEFAULT_OPTIONS, ...parts.options };
  const serving: Serving = {
    ...parts,
    operations: Object.values(parts.operations),
    authenticateBrowser: parts.authenticateBrowser,
    log: parts.log,
    metrics: createHttpMetrics(parts.metrics),
    options,
    streams: new Set(),
    limiter: new CallLimiter(options, { shared: parts.sharedLimits }),
    draining: false,
  };
  const { app, routes } = createApp(serving);
  addObservation(app, serving);
  addGuard(app, serving);
  addServerRoutes(app, serving);
  for (const operation of serving.operations) {
    if (hasRoute(operation)) addOperation(app, operation, serving);
  }
  await app.ready();
  const sockets = trackSockets(app.server);
  serving.limiter.watchConnections(app.server);
  return {
    routes,
    node: app.server,
    limit: (limits) => serving.limiter.limit(limits),
    useCertificate: ({ cert, key }) => {
      if (app.server instanceof TlsServer) app.server.setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
    },
    listen: (at) => listen(app, at, options.tls !== undefined),
    close: ({ graceMs }) => close(app, serving, { graceMs, sockets }),
  };
}

function hasRoute(operation: Operation): operation is Operation & { http: HttpRoute } {
  return operation.http !== undefined;
}

function createApp(serving: Serving): { app: FastifyInstance; routes: RouteEntry[] } {
  const { options } = serving;
  let node: NodeServer | undefined;
  const app = fastify({
    serverFactory: (listener) => {
      node = createNodeServer(listener, options);
      return node.server;
    },
    clientErrorHandler: (error, socket) => node?.answerParserError(error, socket),
    frameworkErrors: (error, request, reply) => sendError(error, { request, reply, serving }),
    bodyLimit: options.bodyLimit,
    genReqId: (request) => newRequestId(request),
    requestIdHeader: false,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 1024 },
  });
  const routes = listRoutes(app);
  takeOnlyJson(app);
  app.setErrorHandler((error, request, reply) => sendError(error, { request, reply, serving }));
  app.setNotFoundHandler((request, reply) => refuseUnknown(request, reply, routes));
  // Before its body is read: of a method that is new to it (QUERY) fastify asks for a body first.
  app.addHook('preParsing', async (request, reply) => {
    if (request.is404) refuseUnknown(request, reply, routes);
  });
  return { app, routes };
}

/** @throws Refused `route.unknown`, or `request.method` where the path has others */
function refuseUnknown(request: FastifyRequest, reply: FastifyReply, routes: readonly RouteEntry[]): never {
  const methods = methodsAt(request, routes);
  if (methods.length > 0) reply.header('allow', methods.join(', '));
  throw unknownRoute(request, methods);
}

/** The router's own list: it grows as routes are added, whoever adds them. */
function listRoutes(app: FastifyInstance): RouteEntry[] {
  const routes: RouteEntry[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat())
      routes.push({ method: one, path: url.replaceAll('::', ':'), open: config?.open === true });
  });
  return routes;
}

function takeOnlyJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => parseJson(body),
  );
}

function sendError(
  error: unknown,
  { request, reply, serving }: { request: FastifyRequest; reply: FastifyReply; serving: Serving },
): void {
  const refused = refusalOf(error, serving.options);
  if (refused.code === 'internal') {
    serving.log?.error({ request_id: request.id, err: refused.cause }, 'request failed');
  }
  reply
    .code(refused.status)
    .headers({ 'x-request-id': request.id, ...refusalHeaders(refused) })
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(refused, request.id)));
}

async function listen(
  app: FastifyInstance,
  at: { readonly host: string; readonly port: number },
  tls: boolean,
): Promise<Address> {
  await app.listen({ host: at.host, port: at.port });
  const { port } = app.server.address() as AddressInfo;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  return { host: at.host, port, url: `${tls ? 'https' : 'http'}://${host}:${port}` };
}

function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

async function close(
  app: FastifyInstance,
  serving: Serving,
  { graceMs, sockets }: { graceMs: number; sockets: ReadonlySet<Socket> },
): Promise<void> {
  serving.draining = true;
  for (const stream of serving.streams) finishWith(stream, new Refused('server.stopping'), serving);
  const cut = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, graceMs);
  await app.close();
  clearTimeout(cut);
}
