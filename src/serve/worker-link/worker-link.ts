/**
 * Where workers connect: the upgrade of `GET /api/v1/worker` to a WebSocket, after the same checks as every
 * request. A key that ends or is revoked takes its open connections with it.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { LARGEST_MESSAGE, WORKER_PROTOCOL } from '../../contract/worker-link.ts';
import { may, type Principal } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Ports } from '../../ports/index.ts';
import type { Authenticate } from '../http/exchange.ts';
import { answerBare } from '../http/node-server.ts';
import { WorkerSession, type WorkerTiming } from './worker-session.ts';

export const WORKER_PATH = '/api/v1/worker';

export interface WorkerLinkOptions {
  readonly ports: Ports;
  readonly authenticate: Authenticate;
  /** This server, as its workers are registered. */
  readonly replica: string;
  readonly timing?: Partial<WorkerTiming> | undefined;
  readonly onTrouble: (what: string, error: unknown) => void;
}

const TIMING: WorkerTiming = { heartbeatMs: 3000, leaseMs: 15_000, helloMs: 5000 };

/** How often a connection's key is looked at again, milliseconds. */
const WATCH = 1000;
const MOST_CONNECTIONS = 20_000;

interface Open {
  readonly session: WorkerSession;
  readonly token: string;
  readonly principal: string;
}

export class WorkerLink {
  readonly #with: WorkerLinkOptions;
  readonly #server: WebSocketServer;
  readonly #open = new Set<Open>();
  readonly #watch: NodeJS.Timeout;
  readonly #timing: WorkerTiming;
  #draining = false;

  constructor(options: WorkerLinkOptions) {
    this.#with = options;
    this.#timing = { ...TIMING, ...options.timing };
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: LARGEST_MESSAGE,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(WORKER_PROTOCOL) ? WORKER_PROTOCOL : false),
    });
    this.#watch = setInterval(() => void this.#watchKeys(), WATCH).unref();
  }

  get connections(): number {
    return this.#open.size;
  }

  listen(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head).catch((error: unknown) => {
        const refused = error instanceof Refused ? error : new Refused('internal', {}, { cause: error });
        if (!(error instanceof Refused)) this.#with.onTrouble('an upgrade', error);
        answerBare(socket, refused);
      });
    });
  }

  /** Every worker is told to go elsewhere. */
  close(): void {
    this.#draining = true;
    clearInterval(this.#watch);
    for (const { session } of this.#open) session.end('stopping');
    this.#server.close();
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const [path, query] = (request.url ?? '').split('?');
    if (path !== WORKER_PATH)
      throw new Refused('route.unknown', { method: 'GET', path: (path ?? '').slice(0, 200) });
    if (query !== undefined) throw new Refused('auth.in_url', { name: 'query' });
    if (this.#draining) throw new Refused('server.stopping');
    if (this.#open.size >= MOST_CONNECTIONS) throw new Refused('limit.busy');
    const offered = request.headers['sec-websocket-protocol'] ?? '';
    if (!offered.split(',').some((one) => one.trim() === WORKER_PROTOCOL)) {
      throw new Refused('worker.message', { why: `Sec-WebSocket-Protocol is not ${WORKER_PROTOCOL}` });
    }
    const token = tokenOf(request.headers.authorization);
    const principal = await this.#with.authenticate(token);
    if (!principal) throw new Refused('auth.invalid');
    if (!may(principal, { name: 'worker.join', permission: 'task:work' }, 'any')) {
      throw new Refused('auth.forbidden', {
        principal: principal.id,
        operation: 'worker.join',
        permission: 'task:work',
      });
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#begin(ws, { request, token, principal }));
  }

  #begin(
    socket: WebSocket,
    { request, token, principal }: { request: IncomingMessage; token: string; principal: Principal },
  ): void {
    const { ports, replica, onTrouble } = this.#with;
    const address = request.socket.remoteAddress ?? '';
    request.socket.setTimeout(0);
    const session = new WorkerSession(socket, {
      ports,
      principal,
      replica,
      address,
      timing: this.#timing,
      onTrouble,
    });
    const open: Open = { session, token, principal: JSON.stringify(principal) };
    this.#open.add(open);
    socket.once('close', () => this.#open.delete(open));
  }

  async #watchKeys(): Promise<void> {
    const tokens = new Map<string, Promise<Principal | undefined>>();
    for (const { token } of this.#open) {
      if (!tokens.has(token)) tokens.set(token, this.#with.authenticate(token));
    }
    for (const open of this.#open) {
      try {
        const now = await tokens.get(open.token);
        if (JSON.stringify(now) !== open.principal) open.session.end('revoked');
      } catch {
        // The store is away: what was valid goes on until it can be asked again.
      }
    }
  }
}

function tokenOf(header: string | undefined): string {
  if (header === undefined) throw new Refused('auth.missing');
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(header)?.[1];
  if (token === undefined) throw new Refused('auth.invalid');
  return token;
}
