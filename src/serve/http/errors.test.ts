import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ErrorBody } from '../../contract/error.ts';
import { CATALOGUE } from '../../core/errors/catalogue.ts';
import { dial, KEY, type Start, start } from './testing/fixture.ts';

const AUTH = `Host: here\r\nAuthorization: Bearer ${KEY}\r\n`;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Checks that an answer has the one shape of errors, and gives its code. */
async function refusal(response: Response): Promise<{ status: number; code: string }> {
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const { error } = ErrorBody.parse(await response.json());
  expect(response.headers.get('x-request-id')).toBe(error.request_id);
  expect(error.message).not.toMatch(/FST_|HPE_|Error/);
  return { status: response.status, code: error.code };
}

/** The same of a raw answer. */
function rawRefusal(answer: string): { status: number; code: string } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const { error } = ErrorBody.parse(JSON.parse(body));
  expect(head.toLowerCase()).toContain('connection: close');
  return { status: Number(head.split(' ')[1]), code: error.code };
}

describe('an error over HTTP', () => {
  test.each([
    { what: 'an unknown route', path: '/nothing', want: { status: 404, code: 'route.unknown' } },
    {
      what: 'an unknown method',
      path: '/api/v1/count',
      init: { method: 'DELETE' },
      want: { status: 405, code: 'request.method' },
    },
    {
      what: 'OPTIONS',
      path: '/api/v1/count',
      init: { method: 'OPTIONS' },
      want: { status: 405, code: 'request.method' },
    },
    {
      what: 'a broken escape in the URL',
      path: '/api/v1/things/%zz',
      want: { status: 400, code: 'request.malformed' },
    },
    {
      what: 'another content type',
      path: '/api/v1/things/a',
      init: { method: 'PUT', body: 'a: 1', headers: { 'content-type': 'application/yaml' } },
      want: { status: 415, code: 'input.media_type' },
    },
    {
      what: 'a body without a content type',
      path: '/api/v1/things/a',
      init: { method: 'PUT', body: new Uint8Array([123, 125]) },
      want: { status: 415, code: 'input.media_type' },
    },
    { what: 'a refusal', path: '/api/v1/fail/refused', want: { status: 404, code: 'job.not_found' } },
    { what: 'the store away', path: '/api/v1/fail/store', want: { status: 503, code: 'store.unavailable' } },
    { what: 'a defect', path: '/api/v1/fail/defect', want: { status: 500, code: 'internal' } },
    {
      what: 'an error that borrows a status',
      path: '/api/v1/fail/fastify',
      want: { status: 500, code: 'internal' },
    },
  ])('has one shape for $what', async ({ path, init, want }) => {
    await using running = await start();
    expect(await refusal(await running.fetch(path, init))).toEqual(want);
  });

  test('names the methods that a path has', async () => {
    await using running = await start();
    const response = await running.fetch('/api/v1/things/a', { method: 'DELETE' });
    expect(response.headers.get('allow')).toBe('PUT, GET');
  });

  test('asks to come back when the store is away', async () => {
    await using running = await start();
    expect((await running.fetch('/api/v1/fail/store')).headers.get('retry-after')).toBe('1');
  });

  test('shows nothing of a defect, and logs it under the request id', async () => {
    await using running = await start();
    const response = await running.fetch('/api/v1/fail/defect');
    const text = await response.text();
    expect(text).not.toContain('hunter2');
    const line = running.logged.find(({ msg }) => msg === 'request failed');
    expect(line).toMatchObject({ request_id: response.headers.get('x-request-id') });
    expect(JSON.stringify(line)).toContain('a defect');
  });

  test.each([
    { what: 'a trailing comma', body: '{"name": "a",\n}', why: 'a syntax error at line 2, column 1' },
    { what: 'an early end', body: '{"name": ', why: 'it ends too early' },
    { what: 'no JSON at all', body: 'hunter2', why: 'a syntax error' },
    {
      what: '__proto__',
      body: '{"data": {"__proto__": {"admin": true}}}',
      why: 'the key __proto__ is not taken',
    },
    { what: 'an escaped __proto__', body: '{"\\u005f_proto__": 1}', why: 'the key __proto__ is not taken' },
    {
      what: 'a key twice',
      body: '{"note": "a", "note": "b"}',
      why: 'a key is there twice, at line 1, column 15',
    },
    { what: 'invalid UTF-8', body: Buffer.from('{"note": "\xff"}', 'latin1'), why: 'it is not valid UTF-8' },
    {
      what: '10,000 levels',
      body: `{"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      why: 'deeper than 64',
    },
    { what: '500,000 open brackets', body: '['.repeat(500_000), why: 'deeper than 64' },
  ])('says where a body with $what is wrong, and repeats none of it', async ({ body, why }) => {
    await using running = await start();
    const init = { method: 'PUT', body, headers: JSON_TYPE };
    const response = await running.fetch('/api/v1/things/a', init);
    expect(response.status).toBe(400);
    const { error } = ErrorBody.parse(await response.json());
    expect(error.code).toBe('input.not_json');
    expect(error.message).toContain(why);
    expect(error.message).not.toContain('hunter2');
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  test.each([{ chunked: false }, { chunked: true }])(
    'refuses a body over the limit (chunked: $chunked)',
    async ({ chunked }) => {
      await using running = await start({ options: { bodyLimit: 1000 } });
      const body = chunked ? new Blob(['x'.repeat(2000)]).stream() : 'x'.repeat(2000);
      const init = { method: 'PUT', body, headers: JSON_TYPE, duplex: 'half' } as RequestInit;
      const response = await running.fetch('/api/v1/things/a', init);
      expect(await refusal(response)).toEqual({ status: 413, code: 'input.too_large' });
    },
  );
});

describe('what is not a sound request', () => {
  test.each([
    {
      what: 'too large headers',
      text: `GET /livez HTTP/1.1\r\n${AUTH}X-Large: ${'x'.repeat(20_000)}\r\n\r\n`,
      want: { status: 431, code: 'request.headers_too_large' },
    },
    {
      what: 'a too long URL',
      text: `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${AUTH}\r\n`,
      want: { status: 431, code: 'request.headers_too_large' },
    },
    { what: 'no HTTP at all', text: 'hello\r\n\r\n', want: { status: 400, code: 'request.malformed' } },
    {
      what: 'a line break inside a header',
      text: `GET /livez HTTP/1.1\r\n${AUTH}X-Request-Id: abcdefgh\r\n Set-Cookie: a\r\nConnection: close\r\n\r\n`,
      want: { status: 400, code: 'request.malformed' },
    },
    {
      what: 'a bare carriage return inside a header',
      text: `GET /livez HTTP/1.1\r\n${AUTH}X-Request-Id: abcd\refgh\r\n\r\n`,
      want: { status: 400, code: 'request.malformed' },
    },
    {
      what: 'two lengths of one body',
      text: `PUT /api/v1/things/a HTTP/1.1\r\n${AUTH}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      want: { status: 400, code: 'request.malformed' },
    },
    {
      what: 'no host',
      text: `GET /livez HTTP/1.1\r\nAuthorization: Bearer ${KEY}\r\nConnection: close\r\n\r\n`,
      want: { status: 400, code: 'request.malformed' },
    },
    {
      what: 'an unknown expectation',
      text: `GET /livez HTTP/1.1\r\n${AUTH}Expect: miracles\r\n\r\n`,
      want: { status: 400, code: 'request.malformed' },
    },
  ])('is refused in the same shape: $what', async ({ text, want }) => {
    await using running = await start();
    expect(rawRefusal(await running.raw(text))).toEqual(want);
  });

  test('never ends a header by what a URL holds', async () => {
    await using running = await start();
    const answer = await running.raw(
      `GET /api/v1/nothing%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\n${AUTH}Connection: close\r\n\r\n`,
    );
    expect(answer.split('\r\n\r\n')[0]?.toLowerCase()).not.toContain('set-cookie');
    expect(rawRefusal(answer)).toEqual({ status: 404, code: 'route.unknown' });
  });

  const SLOW: Start = { options: { requestMs: 150, headersMs: 100, sweepMs: 20 } };

  test.each([
    { what: 'headers', text: 'GET /livez HTTP/1.1\r\nHost: h' },
    {
      what: 'a body',
      text: `PUT /api/v1/things/a HTTP/1.1\r\n${AUTH}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    },
  ])('cuts off who sends $what too slowly', async ({ text }) => {
    await using running = await start(SLOW);
    expect(rawRefusal(await running.raw(text))).toEqual({ status: 408, code: 'request.too_slow' });
  });

  test('closes a connection on which nothing moves', async () => {
    await using running = await start({ options: { idleMs: 50, headersMs: 60_000, requestMs: 60_000 } });
    expect(await running.raw('')).toBe('');
  });

  test('serves others while one connection drips', async () => {
    await using running = await start();
    const slow = await dial(running.at);
    slow.write('GET /livez HTTP/1.1\r\n');
    expect((await running.fetch('/livez')).status).toBe(200);
    slow.destroy();
  });
});

describe('the catalogue of errors', () => {
  const docs = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

  test.each(Object.entries(CATALOGUE))('is documented: %s', (code, { status, message, next }) => {
    const section = docs.split('\n## ').find((text) => text.startsWith(`\`${code}\``));
    expect(section).toContain(`HTTP ${status}: ${message}`);
    expect(section).toContain(next);
  });
});
