/** A server of the worker's protocol that does only what its test says: it loses acks, moves, closes, falls silent. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { until } from './live.ts';

export interface Said {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Entry {
  readonly uid: string;
  readonly attempt: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly type: string; readonly retryable: boolean };
  readonly stopped?: boolean;
}

/** One connection of the worker. */
export class Connection {
  readonly said: Said[] = [];
  readonly key: string | undefined;
  readonly #socket: WebSocket;
  closed: number | undefined;

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.#socket = socket;
    this.key = request.headers.authorization;
    socket.on('message', (data) => this.said.push(JSON.parse(String(data)) as Said));
    socket.on('close', (code) => {
      this.closed = code;
    });
  }

  all(type: string): Said[] {
    return this.said.filter((message) => message.type === type);
  }

  async hears(type: string, count = 1): Promise<Said> {
    await until(`the worker says ${type}`, () => this.all(type).length >= count);
    return this.all(type)[count - 1] as Said;
  }

  get done(): Entry[] {
    return this.all('done').flatMap(({ results }) => results as Entry[]);
  }

  async results(count: number): Promise<Entry[]> {
    await until(`${count} results`, () => this.done.length >= count);
    return this.done;
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  welcome(more: object = {}): void {
    this.send({ type: 'welcome', session: SESSION, heartbeatMs: 50, leaseMs: 500, lost: [], ...more });
  }

  tasks(...tasks: object[]): void {
    this.send({ type: 'tasks', tasks: tasks.map((task) => ({ ...TASK, ...task })) });
  }

  ack(...acks: object[]): void {
    this.send({ type: 'acks', acks: acks.map((ack) => ({ outcome: 'recorded', attempt: 1, ...ack })) });
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  drop(): void {
    this.#socket.terminate();
  }
}

export const SESSION = '01920000-0000-7000-8000-00000000000a';
const TASK = { attempt: 1, name: 'n', project: 'default', queue: 'default', handler: 'echo', payload: null };

type Http = (request: IncomingMessage, body: string) => { readonly status: number; readonly body: unknown };

export class ScriptedLink {
  readonly address: string;
  readonly connections: Connection[] = [];
  readonly requests: { readonly method: string; readonly path: string; readonly body: string }[] = [];
  readonly #close: () => Promise<void>;

  private constructor(address: string, close: () => Promise<void>) {
    this.address = address;
    this.#close = close;
  }

  /** @param script.refuse the HTTP status of connections that are not opened, by their number from 0 */
  static async listen(
    script: { readonly refuse?: (connection: number) => number | undefined; readonly http?: Http } = {},
  ): Promise<ScriptedLink> {
    const server = createServer(async (request, response) => {
      const body = await new Response(request as never).text();
      link.requests.push({ method: request.method ?? '', path: request.url ?? '', body });
      const answer = script.http?.(request, body) ?? { status: 200, body: {} };
      response
        .writeHead(answer.status, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer.body));
    });
    const sockets = new WebSocketServer({ noServer: true });
    let attempts = 0;
    server.on('upgrade', (request, socket, head) => {
      const status = script.refuse?.(attempts);
      attempts += 1;
      if (status !== undefined) {
        const body = JSON.stringify({
          error: { code: 'test.refused', message: 'not you', next: '', details: [] },
        });
        socket.end(
          `HTTP/1.1 ${status} No\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
        );
        return;
      }
      sockets.handleUpgrade(request, socket, head, (ws) =>
        link.connections.push(new Connection(ws, request)),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const link = new ScriptedLink(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return link;
  }

  /** The connection of this number, from 0, after its hello. */
  async connection(number = 0): Promise<Connection> {
    await until(`connection ${number}`, () => this.connections.length > number);
    const connection = this.connections[number] as Connection;
    await connection.hears('hello');
    return connection;
  }

  async welcomed(number = 0): Promise<Connection> {
    const connection = await this.connection(number);
    connection.welcome();
    return connection;
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** The uid of the nth task. */
export function uid(number: number): string {
  return `01920000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}
