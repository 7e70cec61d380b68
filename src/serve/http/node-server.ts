/**
 * The socket side: limits on what a client may send and how slowly, and answers to what never
 * becomes a request (bad HTTP, too large headers, too slow).
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Refused } from '../../core/errors/refused.ts';
import { errorBody, parserRefusal, refusalHeaders } from './error-body.ts';
import type { HttpOptions } from './options.ts';
import { newRequestId } from './request-id.ts';

export interface NodeServer {
  readonly server: Server;
  /** For Node's `clientError`: answers on the bare socket, unless an answer is already on its way there. */
  answerParserError(error: Error, socket: Socket): void;
}

export function createNodeServer(listener: RequestListener, options: HttpOptions): NodeServer {
  const latest = new WeakMap<Socket, ServerResponse>();
  const remember: RequestListener = (request, response) => {
    latest.set(request.socket, response);
    listener(request, response);
  };
  const server = limited(remember, options);
  server.on('checkExpectation', (request, response) => {
    const refused = new Refused('request.malformed', { why: 'its Expect header is not known' });
    const { headers, body } = bare(refused, newRequestId(request));
    response.writeHead(refused.status, headers).end(body);
  });
  return {
    server,
    answerParserError(error, socket) {
      const response = latest.get(socket);
      const answering = response?.headersSent === true && !response.writableFinished;
      if (!socket.writable || answering) socket.destroy();
      else answerBare(socket, parserRefusal(error, options));
    },
  };
}

function limited(listener: RequestListener, options: HttpOptions): Server {
  const limits = {
    maxHeaderSize: options.headerLimit,
    requestTimeout: options.requestMs,
    headersTimeout: Math.min(options.headersMs, options.requestMs),
    keepAliveTimeout: options.keepAliveMs,
    connectionsCheckingInterval: options.sweepMs,
    keepAlive: true,
    noDelay: true,
    // Refused further on, with a body like every other error.
    requireHostHeader: false,
  };
  const server = options.tls
    ? createTlsServer({ ...limits, ...options.tls, minVersion: 'TLSv1.2' }, listener)
    : createServer(limits, listener);
  server.setTimeout(options.idleMs);
  return server;
}

/** HTTP/1.1 requires it, and without it two hops may disagree on whom a request is for. */
export function lacksHost(request: IncomingMessage): boolean {
  return request.httpVersion === '1.1' && request.headers.host === undefined;
}

/** On a socket that has no request: nobody else writes there. */
export function answerBare(socket: Duplex & { destroySoon?(): void }, refused: Refused): void {
  const { headers, body } = bare(refused, newRequestId());
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const status = `HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status]}`;
  socket.end(`${status}\r\n${head.join('')}\r\n${body}`, () =>
    socket.destroySoon ? socket.destroySoon() : socket.destroy(),
  );
}

/** An answer made without fastify, after which the connection is closed. */
function bare(refused: Refused, requestId: string): { headers: Record<string, string>; body: string } {
  const body = JSON.stringify(errorBody(refused, requestId));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    connection: 'close',
    ...refusalHeaders(refused),
  };
  return { headers, body };
}
