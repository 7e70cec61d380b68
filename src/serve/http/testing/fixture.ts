/** A server over a few tiny operations, reached over real sockets. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { z } from 'zod';
import { grantOf } from '../../../core/access/grants.ts';
import { Refused } from '../../../core/errors/refused.ts';
import { defineBytes, defineOperation, defineStream, type Operation } from '../../../operations/define.ts';
import { NO_AUDIT } from '../../../ports/testing/no-audit.ts';
import type { Ports, Principal } from '../exchange.ts';
import type { HttpOptions } from '../options.ts';
import { type Address, createHttpServer, type HttpServer, type HttpServerParts } from '../server.ts';

/** The longest that a test waits for anything, milliseconds. */
export const PATIENCE_MS = 10_000;

export const KEY = 'good-key';
export const AGENT_KEY = 'agent-key';

const Item = z.object({ id: z.string(), value: z.number() });

const read = { permission: 'job:read', target: () => 'any' as const, effect: 'read', audit: 'none' } as const;
const write = {
  permission: 'job:write',
  target: () => 'any' as const,
  effect: 'write',
  audit: 'change',
} as const;

/** What the operations below are told by the test, and tell it. */
export class Puppet {
  /** Signals of the calls, in order. */
  readonly signals: AbortSignal[] = [];
  /** Items that were asked of the flood. */
  produced = 0;
  /** Resolved by the test: what waits, goes on. */
  readonly go = Promise.withResolvers<void>();
  /** Resolved when an operation waits. */
  readonly waiting = Promise.withResolvers<void>();

  async wait(signal: AbortSignal): Promise<void> {
    this.signals.push(signal);
    this.waiting.resolve();
    await Promise.race([this.go.promise, aborted(signal)]);
  }
}

/** Resolves when the signal is aborted, within the test's patience. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

export function tinyOperations(puppet: Puppet): Record<string, Operation> {
  return { ...unaries(puppet), ...streams(puppet), ...downloads() };
}

function unaries(puppet: Puppet): Record<string, Operation> {
  const put = defineOperation({
    ...write,
    name: 'thing.put',
    summary: 'Echo',
    input: z.strictObject({
      name: z.string(),
      note: z.string().optional(),
      data: z.record(z.string(), z.unknown()).optional(),
    }),
    output: z.unknown(),
    http: { method: 'PUT', path: '/api/v1/things/{name}' },
    handler: async ({ input, principal }) => ({ input, by: principal.id }),
  });
  const get = defineOperation({
    ...read,
    name: 'thing.get',
    summary: 'Echo',
    input: z.strictObject({ name: z.string(), limit: z.coerce.number().int().optional() }),
    output: z.unknown(),
    http: { method: 'GET', path: '/api/v1/things/{name}' },
    handler: async ({ input }) => ({ input }),
  });
  const submit = defineOperation({
    ...write,
    name: 'thing.submit',
    summary: 'Make one',
    input: z.strictObject({ idempotencyKey: z.string().optional(), dryRun: z.boolean().default(false) }),
    output: z.object({ repeated: z.boolean(), key: z.string().optional() }),
    http: { method: 'POST', path: '/api/v1/things' },
    handler: async ({ input }) => ({
      repeated: input.idempotencyKey === 'again',
      key: input.idempotencyKey,
    }),
  });
  const wait = defineOperation({
    ...read,
    name: 'thing.wait',
    summary: 'Wait until told',
    input: z.strictObject({}),
    output: z.object({ done: z.boolean() }),
    http: { method: 'GET', path: '/api/v1/wait' },
    handler: async ({ signal }) => {
      await puppet.wait(signal);
      return { done: true };
    },
  });
  return { put, get, submit, wait, fail: failing() };
}

function failing(): Operation {
  return defineOperation({
    ...read,
    name: 'thing.fail',
    summary: 'Fail as asked',
    input: z.strictObject({ how: z.string() }),
    output: z.unknown(),
    http: { method: 'GET', path: '/api/v1/fail/{how}' },
    handler: async ({ input }) => {
      if (input.how === 'refused') throw new Refused('job.not_found', { job: 'a', project: 'b' });
      if (input.how === 'store') throw new Refused('store.unavailable');
      if (input.how === 'fastify')
        throw Object.assign(new Error('of another'), { code: 'FST_ERR_X', statusCode: 404 });
      throw new Error(`a defect near password=${'hunter2'}`);
    },
  });
}

function streams(puppet: Puppet): Record<string, Operation> {
  const input = z.strictObject({ after: z.coerce.number().int().default(0) });
  const of = { ...read, summary: 'Follow', input, output: Item };
  const count = defineStream({
    ...of,
    name: 'count.follow',
    http: { method: 'GET', path: '/api/v1/count' },
    async *handler({ input: { after } }) {
      for (let value = after + 1; value <= 5; value += 1) yield { id: String(value), value };
    },
  });
  const quiet = defineStream({
    ...of,
    name: 'quiet.follow',
    http: { method: 'GET', path: '/api/v1/quiet' },
    async *handler({ input: { after }, signal }) {
      yield { id: String(after + 1), value: after + 1 };
      await puppet.wait(signal);
      if (!signal.aborted) yield { id: String(after + 2), value: after + 2 };
    },
  });
  const flood = defineStream({
    ...of,
    name: 'flood.follow',
    http: { method: 'GET', path: '/api/v1/flood' },
    async *handler({ signal }) {
      puppet.signals.push(signal);
      const text = 'x'.repeat(10_000);
      for (let value = 1; value <= 5_000 && !signal.aborted; value += 1) {
        puppet.produced = value;
        yield { id: String(value), value, text };
      }
    },
  });
  const broken = defineStream({
    ...of,
    name: 'broken.follow',
    http: { method: 'GET', path: '/api/v1/broken/{when}' },
    input: z.strictObject({ when: z.enum(['early', 'late', 'defect']) }),
    async *handler({ input: { when } }) {
      if (when === 'early') throw new Refused('cursor.expired');
      yield { id: '1', value: 1 };
      if (when === 'late') throw new Refused('cursor.expired');
      throw new Error('a defect near password=hunter2');
    },
  });
  return { count, quiet, flood, broken };
}

function downloads(): Record<string, Operation> {
  const download = defineBytes({
    ...read,
    name: 'file.read',
    summary: 'Download',
    input: z.strictObject({ kind: z.enum(['whole', 'short', 'long', 'broken', 'none']) }),
    output: z.string(),
    http: { method: 'GET', path: '/api/v1/files/{kind}' },
    async handler({ input: { kind } }) {
      const size = 300_000;
      return {
        bytes: kind === 'short' ? size + 1 : kind === 'long' ? size - 1 : size,
        content: content(kind),
      };
    },
  });
  return { download };
}

async function* content(kind: string): AsyncGenerator<Uint8Array> {
  if (kind === 'none') throw new Refused('job.no_output', { job: 'a', name: 'b' });
  for (let part = 0; part < 3; part += 1) {
    if (kind === 'broken' && part === 2) throw new Error('the disk is gone');
    yield new Uint8Array(100_000).fill(part);
  }
}

export interface Running {
  readonly server: HttpServer;
  readonly at: Address;
  readonly puppet: Puppet;
  /** Lines of the log, parsed. */
  readonly logged: Record<string, unknown>[];
  /** With the good key, unless headers say otherwise. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Writes text on a bare socket and resolves with all that comes back until it is closed. */
  raw(text: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Start {
  readonly options?: Partial<HttpOptions>;
  readonly parts?: Partial<HttpServerParts>;
}

/** Roles of the two keys; tests change them to revoke one. */
export const PRINCIPALS: Readonly<Record<string, Principal>> = {
  [KEY]: { id: 'ada', kind: 'key', grants: [grantOf('admin')] },
  [AGENT_KEY]: { id: 'agent-1', kind: 'agent', grants: [grantOf('agent')] },
};

export async function start({ options, parts }: Start = {}): Promise<Running> {
  const puppet = new Puppet();
  const logged: Record<string, unknown>[] = [];
  const server = await createHttpServer({
    operations: tinyOperations(puppet),
    ports: { clock: { now: () => 0 }, audit: NO_AUDIT } as unknown as Ports,
    authenticate: async (token) => PRINCIPALS[token],
    health: async () => ({ ready: true, checks: { store: 'ok' } }),
    log: pino({ base: null }, into(logged)),
    options,
    ...parts,
  });
  const at = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    server,
    at,
    puppet,
    logged,
    fetch: (path, init = {}) =>
      fetch(`${at.url}${path}`, { ...init, headers: { authorization: `Bearer ${KEY}`, ...init.headers } }),
    raw: (text) => exchange(at, text),
    [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }),
  };
}

function into(logged: Record<string, unknown>[]): Writable {
  return new Writable({
    write(line: Buffer, _encoding, done) {
      logged.push(JSON.parse(line.toString()));
      done();
    },
  });
}

export async function dial(at: Address): Promise<Socket> {
  const socket = connect(at.port, at.host);
  await once(socket, 'connect');
  return socket;
}

async function exchange(at: Address, text: string): Promise<string> {
  const socket = await dial(at);
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  socket.on('error', () => undefined);
  const over = once(socket, 'close');
  socket.write(Buffer.from(text, 'latin1'));
  await over;
  return Buffer.concat(pieces).toString();
}

/** Resolves when the condition holds; throws after the test's patience. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited too long: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Frame {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
  readonly comment?: string;
  readonly retry?: string;
}

/** Server-sent events of an answer, comments too. */
export async function* frames(response: Response): AsyncGenerator<Frame> {
  let rest = '';
  const utf8 = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const parts = (rest + utf8.decode(chunk, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    yield* parts.map(parseFrame);
  }
}

function parseFrame(text: string): Frame {
  const lines = text.split('\n').map((line) => /^([a-z]*): ?(.*)$/.exec(line));
  return Object.fromEntries(lines.map((match) => [match?.[1] || 'comment', match?.[2] ?? '']));
}

/** The first frame that is as wanted. */
export async function frame(from: AsyncIterator<Frame>, wanted: (frame: Frame) => boolean): Promise<Frame> {
  for (let next = await from.next(); !next.done; next = await from.next()) {
    if (wanted(next.value)) return next.value;
  }
  throw new Error('the stream ended before');
}
