/** A real HTTP server on loopback that plays the API from a table of answers, and keeps what it was asked. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Asked {
  /** `GET /api/v1/jobs?limit=100` */
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export type Answer =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Record<string, string> }
  | { readonly raw: string | Uint8Array; readonly status?: number; readonly headers?: Record<string, string> }
  /** Each text is one server-sent event; then the end that is named. */
  | { readonly events: readonly string[]; readonly close: 'end' | 'drop' | 'hang' }
  /** The connection is reset before any answer. */
  | { readonly reset: true }
  | { readonly silence: true };

/** By `METHOD /path` without the query; of a list the next answer each time, the last for ever. */
export type Answers = Readonly<Record<string, Answer | readonly Answer[] | ((asked: Asked) => Answer)>>;

export interface CannedServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Resolves when so many requests have come. */
  requests(count: number): Promise<void>;
  close(): Promise<void>;
}

export function item(value: unknown): string {
  const { id } = value as { id?: string };
  return `${id === undefined ? '' : `id: ${id}\n`}event: item\ndata: ${JSON.stringify(value)}\n\n`;
}

export function errorAnswer(status: number, error: Record<string, unknown>): Answer {
  return { status, json: errorBody(error) };
}

export function errorBody(error: Record<string, unknown>): unknown {
  return { error: { code: 'x', message: 'no', next: '', details: [], request_id: 'req-1', ...error } };
}

export async function cannedServer(answers: Answers): Promise<CannedServer> {
  const asked: Asked[] = [];
  const waiting: (() => void)[] = [];
  const turns = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const one = {
      line: `${request.method} ${request.url}`,
      headers: request.headers,
      body: await bodyOf(request),
    };
    asked.push(one);
    for (const wake of waiting.splice(0)) wake();
    const key = `${request.method} ${request.url?.split('?')[0]}`;
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    play(answerFor(answers[key], turn, one), response, request.socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async requests(count) {
      while (asked.length < count) await new Promise<void>((wake) => waiting.push(wake));
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerFor(found: Answers[string] | undefined, turn: number, asked: Asked): Answer {
  if (found === undefined) {
    return errorAnswer(404, { code: 'route.unknown', message: `there is no ${asked.line}` });
  }
  if (typeof found === 'function') return found(asked);
  if (!Array.isArray(found)) return found as Answer;
  return (found[Math.min(turn, found.length - 1)] ?? { silence: true }) as Answer;
}

function play(answer: Answer, response: ServerResponse, socket: Socket): void {
  if ('silence' in answer) return;
  if ('reset' in answer) {
    socket.resetAndDestroy();
  } else if ('events' in answer) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 1000\n\n');
    for (const event of answer.events) response.write(event);
    if (answer.close === 'end') response.end('event: end\ndata: {}\n\n');
    if (answer.close === 'drop') response.write(': alive\n\n', () => socket.destroy());
  } else if ('raw' in answer) {
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.raw);
  } else {
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.json));
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? undefined : JSON.parse(text);
}
