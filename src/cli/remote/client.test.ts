/** The client against a real server that misbehaves. */
import { afterEach, describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import {
  type Answer,
  type Answers,
  type CannedServer,
  cannedServer,
  errorAnswer,
  errorBody,
  item,
} from '../testing/canned-server.ts';
import { jobView, logLine } from '../testing/views.ts';
import { type Client, createClient } from './client.ts';
import { ApiError, Unreachable } from './client-errors.ts';

const KEY = 'cap_secret';
const JOB = '/api/v1/jobs/vision/digits';
const LOGS = `GET ${JOB}/logs`;
const address = { project: 'vision', job: 'digits' };
const spec = { command: ['true'] };

let server: CannedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function clientOf(answers: Answers, more: { timeoutMs?: number } = {}) {
  const started = await cannedServer(answers);
  server = started;
  const pauses: number[] = [];
  const pause = async (ms: number) => void pauses.push(ms);
  const client = createClient({ server: started.url, key: KEY, userAgent: 'capstan/1', pause, ...more });
  return { client, server: started, pauses };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of items) all.push(one);
  return all;
}

function linesOf(client: Client, input: object = {}) {
  return client.stream('job.logs', { ...address, ...input });
}

const MISBEHAVIOURS: readonly { what: string; answer: Answer }[] = [
  {
    what: 'a page of a proxy',
    answer: { raw: '<html>', status: 502, headers: { 'content-type': 'text/html' } },
  },
  { what: 'a redirect', answer: { raw: '', status: 302, headers: { location: 'http://127.0.0.1:9/' } } },
  { what: 'an answer that is not JSON', answer: { raw: 'hello' } },
  { what: 'no answer in time', answer: { silence: true } },
  { what: 'a connection that is reset', answer: { reset: true } },
];

describe('a call', () => {
  test('puts path fields into the path, the rest of a GET into the query, and the key into its header', async () => {
    const { client, server } = await clientOf({ 'GET /api/v1/jobs': { json: { items: [] } } });
    await client.call('job.list', { project: 'vision', state: 'running,failed', limit: 5, queue: undefined });
    expect(server.asked[0]?.line).toBe('GET /api/v1/jobs?project=vision&state=running%2Cfailed&limit=5');
    expect(server.asked[0]?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'user-agent': 'capstan/1',
    });
  });

  test('puts the rest of another method into the body', async () => {
    const { client, server } = await clientOf({ [`POST ${JOB}/cancel`]: { json: jobView() } });
    await client.call('job.cancel', { ...address, reason: 'enough' });
    expect(server.asked[0]?.body).toEqual({ reason: 'enough' });
  });

  test('keeps a path prefix of the server, and escapes path fields', async () => {
    const { server } = await clientOf({});
    const client = createClient({ server: `${server.url}/capstan/` });
    await client.call('job.get', { project: 'a/b', job: 'x?y' }).catch(() => undefined);
    expect(server.asked[0]?.line).toBe('GET /capstan/api/v1/jobs/a%2Fb/x%3Fy');
  });

  test.each(['..', '.', ''])('does not let the name %j change the path', async (job) => {
    const { client, server } = await clientOf({});
    await expect(client.call('job.cancel', { project: 'vision', job })).rejects.toBeInstanceOf(UsageError);
    expect(server.asked).toEqual([]);
  });

  test('throws the error of the server, whole', async () => {
    const details = [{ path: 'spec.queue', expected: 'a queue', got: '"x"' }];
    const { client } = await clientOf({
      [`GET ${JOB}`]: errorAnswer(404, { code: 'job.not_found', next: 'look', details }),
    });
    const error = await client.call('job.get', address).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 404,
      code: 'job.not_found',
      next: 'look',
      details,
      requestId: 'req-1',
    });
  });

  test.each(MISBEHAVIOURS)('is unreachable for $what, and never says the key', async ({ answer }) => {
    const { client } = await clientOf({ [`GET ${JOB}`]: answer }, { timeoutMs: 300 });
    const error = await client.call('job.get', address).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Unreachable);
    expect(String(error)).not.toContain(KEY);
  });

  test('is unreachable at once where nothing listens', async () => {
    const { client, server, pauses } = await clientOf({});
    await server.close();
    serverClosed();
    await expect(client.call('job.get', address)).rejects.toThrow(
      /cannot reach .*: the connection was refused/,
    );
    expect(pauses).toEqual([]);
  });
});

describe('a submission', () => {
  test('is repeated with the same idempotency key when the answer was lost', async () => {
    const stored = { json: { ...jobView(), repeated: true } };
    const { client, server } = await clientOf({ 'POST /api/v1/jobs': [{ reset: true }, stored] });
    await client.call('job.submit', { spec });
    const keys = server.asked.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  test('waits as long as the server says when it is busy', async () => {
    const busy = { ...errorAnswer(503, { code: 'server.stopping' }), headers: { 'retry-after': '7' } };
    const { client, pauses } = await clientOf({ 'POST /api/v1/jobs': [busy, { json: jobView() }] });
    await client.call('job.submit', { spec });
    expect(pauses).toEqual([7000]);
  });

  test('gives up after a few tries', async () => {
    const { client, server } = await clientOf({
      'POST /api/v1/jobs': errorAnswer(503, { code: 'store.unavailable' }),
    });
    await expect(client.call('job.submit', { spec })).rejects.toMatchObject({ status: 503 });
    expect(server.asked).toHaveLength(4);
  });

  test('is not repeated when it was refused', async () => {
    const { client, server } = await clientOf({
      'POST /api/v1/jobs': errorAnswer(409, { code: 'job.name_taken' }),
    });
    await expect(client.call('job.submit', { spec })).rejects.toMatchObject({ code: 'job.name_taken' });
    expect(server.asked).toHaveLength(1);
  });
});

test('a change without an idempotency key is not repeated', async () => {
  const { client, server } = await clientOf({ [`POST ${JOB}/redrive`]: { reset: true } });
  await expect(client.call('job.redrive', address)).rejects.toBeInstanceOf(Unreachable);
  expect(server.asked).toHaveLength(1);
});

describe('a stream', () => {
  test('ends when the server says so', async () => {
    const { client } = await clientOf({
      [LOGS]: { events: [item(logLine('1', 'a')), item(logLine('2', 'b'))], close: 'end' },
    });
    expect((await collect(linesOf(client))).map(({ text }) => text)).toEqual(['a', 'b']);
  });

  test('goes on after the last item it got, without what only the first request wanted', async () => {
    const { client, server } = await clientOf({
      [LOGS]: [
        { events: [item(logLine('1', 'a')), item(logLine('2', 'b'))], close: 'drop' },
        { reset: true },
        { events: [item(logLine('3', 'c'))], close: 'end' },
      ],
    });
    const lines = await collect(linesOf(client, { tail: 10, follow: true }));
    expect(lines.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    expect(server.asked[0]?.line).toContain('tail=10');
    expect(server.asked[2]?.line).toBe(`${LOGS}?follow=true`);
    expect(server.asked[2]?.headers['last-event-id']).toBe('2');
  });

  test('tells once that it broke, and waits longer each time', async () => {
    const busy = errorAnswer(503, { code: 'store.unavailable' });
    const { client, pauses } = await clientOf({
      [LOGS]: [
        { events: [item(logLine('1', 'a'))], close: 'drop' },
        busy,
        busy,
        busy,
        busy,
        { events: [], close: 'end' },
      ],
    });
    const breaks: string[] = [];
    await collect(client.stream('job.logs', address, { onBreak: ({ message }) => breaks.push(message) }));
    expect(breaks).toHaveLength(1);
    expect(pauses.at(-1)).toBeGreaterThan(pauses[0] ?? 0);
  });

  test('is taken up again when the server stops, and not when it refuses', async () => {
    const stopping = `event: error\ndata: ${JSON.stringify(errorBody({ code: 'server.stopping' }))}\n\n`;
    const expired = `event: error\ndata: ${JSON.stringify(errorBody({ code: 'cursor.expired' }))}\n\n`;
    const { client, server } = await clientOf({
      [LOGS]: [
        { events: [item(logLine('1', 'a')), stopping], close: 'end' },
        { events: [expired], close: 'end' },
      ],
    });
    await expect(collect(linesOf(client))).rejects.toMatchObject({ code: 'cursor.expired' });
    expect(server.asked).toHaveLength(2);
  });

  test('throws what refuses it in the first place', async () => {
    const { client } = await clientOf({ [LOGS]: errorAnswer(404, { code: 'job.not_found' }) });
    await expect(collect(linesOf(client))).rejects.toMatchObject({ status: 404 });
  });

  test('ends quietly when it is aborted, and lets go of its connection', async () => {
    const { client } = await clientOf({ [LOGS]: { events: [item(logLine('1', 'a'))], close: 'hang' } });
    const abort = new AbortController();
    const seen: string[] = [];
    for await (const { text } of client.stream('job.logs', address, { signal: abort.signal })) {
      seen.push(text);
      abort.abort();
    }
    expect(seen).toEqual(['a']);
  });
});

test('a download that breaks off is unreachable, not short', async () => {
  const whole = { raw: 'abcdef', headers: { 'content-length': '6' } };
  const { client } = await clientOf({ [`GET ${JOB}/outputs/model`]: whole });
  const { bytes, content } = await client.download('job.output', { ...address, name: 'model' });
  expect(bytes).toBe(6);
  expect(Buffer.concat(await collect(content)).toString()).toBe('abcdef');
});

/** It was closed within the test. */
function serverClosed(): void {
  server = undefined;
}
