/** What a hostile client sends, against the running product: every answer has the error shape, none is a 5xx. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ErrorBody } from '../../src/contract/error.ts';
import { Running, Scratch } from './running.ts';

const scratch = new Scratch();
let running: Running;

beforeAll(async () => {
  running = await Running.up(scratch.dir);
});

afterAll(async () => {
  // Not there when it could not start.
  await running?.stop();
  scratch[Symbol.dispose]();
});

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Bytes on a bare socket: what no client library would send. */
async function raw(bytes: Buffer | string): Promise<Answer> {
  const socket = connect(running.port, '127.0.0.1');
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  socket.write(bytes);
  await closed;
  return parsed(Buffer.concat(pieces).toString());
}

function parsed(text: string): Answer {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  return { head, body, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]) };
}

/** Throws unless it is a refusal in the one shape. */
function codeOf({ status, body }: { status: number; body: string }): string {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  return ErrorBody.parse(JSON.parse(body)).error.code;
}

async function refusal(response: Response): Promise<string> {
  return codeOf({ status: response.status, body: await response.text() });
}

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  running.fetch('/api/v1/jobs', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });

function get(target: string, ...headers: string[]): string {
  const all = ['Host: here', `Authorization: Bearer ${running.key}`, 'Connection: close', ...headers];
  return `GET ${target} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n`;
}

describe('a token in the URL', () => {
  test.each(['token', 'access_token', 'key', 'api_key', 'Authorization'])(
    'as %s is refused',
    async (name) => {
      const response = await running.fetch(`/api/v1/jobs?${name}=hunter2`);
      const text = await response.text();
      expect(codeOf({ status: response.status, body: text })).toBe('auth.in_url');
      expect(text).not.toContain('hunter2');
      expect(running.log).not.toContain('hunter2');
    },
  );

  test('as a user of the URL counts as none', async () => {
    const answer = await raw(
      'GET http://admin:hunter2@here/api/v1/jobs HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n',
    );
    expect(codeOf(answer)).toBe('auth.missing');
    expect(running.log).not.toContain('hunter2');
  });
});

describe('what is no clean HTTP', () => {
  test.each<{ what: string; request: () => Buffer | string; code: string }>([
    {
      what: 'a line break in a header',
      request: () => get('/api/v1/jobs', 'X-A: a\rX-B: b'),
      code: 'request.malformed',
    },
    {
      what: 'a NUL byte in a header',
      request: () => get('/api/v1/jobs', 'X-A: a\0b'),
      code: 'request.malformed',
    },
    { what: 'a NUL byte in the URL', request: () => get('/api/v1/jo\0bs'), code: 'request.malformed' },
    {
      what: 'a folded header',
      request: () => get('/api/v1/jobs', 'X-A: a\r\n b: c'),
      code: 'request.malformed',
    },
    {
      what: 'a header of 40 kB',
      request: () => get('/livez', `X-A: ${'a'.repeat(4e4)}`),
      code: 'request.headers_too_large',
    },
    { what: 'a URL of 100 kB', request: () => get(`/${'a'.repeat(1e5)}`), code: 'request.headers_too_large' },
    {
      what: '5,000 headers',
      request: () => get('/livez', ...Array.from({ length: 5000 }, (_, at) => `X-${at}: a`)),
      code: 'request.headers_too_large',
    },
    {
      what: 'two lengths',
      request: () => get('/api/v1/jobs', 'Content-Length: 1', 'Content-Length: 2'),
      code: 'request.malformed',
    },
    {
      what: 'a length and chunks',
      request: () => get('/api/v1/jobs', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
      code: 'request.malformed',
    },
    {
      what: 'no Host',
      request: () => 'GET /api/v1/jobs HTTP/1.1\r\nConnection: close\r\n\r\n',
      code: 'request.malformed',
    },
    {
      what: 'a method of its own',
      request: () => 'BREW /api/v1/jobs HTTP/1.1\r\nHost: a\r\n\r\n',
      code: 'request.malformed',
    },
    {
      what: 'bytes of TLS',
      request: () => Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]),
      code: 'request.malformed',
    },
  ])('as $what is refused in the one shape', async ({ request, code }) => {
    expect(codeOf(await raw(request()))).toBe(code);
  });

  test('an encoded line break in a path does not get into the answer head', async () => {
    const answer = await raw(get('/api/v1/jobs/default/a%0d%0aX-Evil:%20b'));
    expect(codeOf(answer)).toMatch(/input\.invalid|not_found/);
    expect(answer.head).not.toContain('X-Evil');
  });

  test('a request id that is not harmless is replaced', async () => {
    const answer = await raw(get('/livez', 'X-Request-Id: a"; drop\u007f'));
    expect(answer.head).not.toContain('drop');
  });
});

describe('a body that is', () => {
  test.each<{ what: string; body: string | Uint8Array<ArrayBuffer>; code: string }>([
    {
      what: '10,000 levels deep',
      body: `{"spec":${'{"a":'.repeat(1e4)}1${'}'.repeat(1e4)}}`,
      code: 'input.not_json',
    },
    { what: '500,000 brackets', body: '['.repeat(5e5), code: 'input.not_json' },
    {
      what: 'with a key twice',
      body: '{"name":"a","name":"b","spec":{"command":["true"]}}',
      code: 'input.not_json',
    },
    {
      what: 'with __proto__',
      body: '{"__proto__":{"admin":true},"spec":{"command":["true"]}}',
      code: 'input.not_json',
    },
    {
      what: 'with an escaped __proto__',
      body: '{"\\u005f_proto__":{},"spec":{"command":["true"]}}',
      code: 'input.not_json',
    },
    {
      what: 'with constructor.prototype',
      body: '{"constructor":{"prototype":{"admin":1}},"spec":{"command":["true"]}}',
      code: 'input.invalid',
    },
    {
      what: 'invalid UTF-8',
      body: new Uint8Array([123, 34, 255, 254, 34, 58, 49, 125]),
      code: 'input.not_json',
    },
    {
      what: 'UTF-16',
      body: new Uint8Array(Buffer.from('\ufeff{"name":"a"}', 'utf16le')),
      code: 'input.not_json',
    },
    {
      what: 'with a NUL byte in the name',
      body: '{"name":"a\\u0000b","spec":{"command":["true"]}}',
      code: 'input.invalid',
    },
    {
      what: 'a number beyond all',
      body: '{"name":"a","spec":{"command":["true"],"priority":1e400}}',
      code: 'input.invalid',
    },
    { what: 'a list', body: '[]', code: 'input.invalid' },
  ])('$what is refused', async ({ body, code }) => {
    expect(await refusal(await post(body))).toBe(code);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  // Only the head is sent: who is refused while still writing may lose the answer with the connection.
  test('larger than is taken is refused before it is read', async () => {
    const head = ['Host: here', `Authorization: Bearer ${running.key}`, 'Content-Type: application/json'];
    const request = `POST /api/v1/jobs HTTP/1.1\r\n${head.join('\r\n')}\r\nContent-Length: 20000000\r\n\r\n`;
    expect(codeOf(await raw(request))).toBe('input.too_large');
  });

  test.each([
    '/api/v1/audit/records?operation=a%00b',
    '/api/v1/events?job=a%00b',
    '/api/v1/jobs?selector=a%00b',
    '/api/v1/jobs/default/a%00b',
    '/api/v1/jobs?cursor=%00',
    '/api/v1/auth/can-i?operation=%00',
  ])('%s holds a NUL byte and is refused', async (path) => {
    const answer = await raw(get(path));
    expect(codeOf(answer)).toMatch(/^(input\.invalid|cursor\.expired|\w+\.not_found)$/);
  });

  test('a description with a NUL byte is refused or stored, never a failure', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ description: 'a\u0000b' });
    for (const path of ['/api/v1/queues/nul', '/api/v1/projects/nul']) {
      const response = await running.fetch(path, { method: 'PUT', body, headers });
      expect(response.status).toBeLessThan(500);
      await response.text();
    }
  });

  test('a form is refused by its type', async () => {
    const type = 'application/x-www-form-urlencoded';
    expect(await refusal(await post('name=a', { 'content-type': type }))).toBe('input.media_type');
  });

  test.each([
    { what: 'a NUL byte', command: 'echo a\u0000b' },
    { what: 'half a surrogate pair', command: 'echo \ud800' },
  ])('JSON with $what in a text is refused or stored, never a failure', async ({ what, command }) => {
    const name = what === 'a NUL byte' ? 'nul' : 'half';
    const body = JSON.stringify({ name, spec: { command: ['/bin/sh', '-c', command] } });
    const response = await post(body, { 'idempotency-key': `${what}\u0001`.replace('\u0001', '') });
    expect(response.status).toBeLessThan(500);
    await response.text();
  });
});

describe('a name that leaves its place', () => {
  const climbs = [
    '../../etc/passwd',
    '..',
    '%2e%2e',
    '..%2f..%2fadmin.key',
    '/etc/passwd',
    'a\\..\\b',
    'a/../../b',
  ];

  test.each(climbs)('%s is no job, output, queue or project', async (name) => {
    const inPath = encodeURIComponent(name);
    for (const path of [
      `/api/v1/jobs/default/${inPath}`,
      `/api/v1/jobs/${inPath}/a`,
      `/api/v1/jobs/default/a/outputs/${inPath}`,
      `/api/v1/queues/${inPath}`,
      `/api/v1/projects/${inPath}`,
    ]) {
      expect(codeOf(await raw(get(path)))).toMatch(
        /^(input\.invalid|route\.unknown|\w+\.(not_found|no_output))$/,
      );
    }
  });

  test.each(['../up', 'a/../../b', '..', 'a\u0000b'])('%s is no name of an output', async (name) => {
    const spec = { command: ['true'], outputs: [{ path: 'a', name }] };
    expect(await refusal(await post(JSON.stringify({ name: 'climb', spec })))).toBe('input.invalid');
  });

  test('does not leave it undecoded either', async () => {
    for (const path of [
      '/api/v1/jobs/../../../etc/passwd',
      '/../admin.key',
      '/api/v1/jobs/%zz',
      '/%c0%ae%c0%ae/a',
    ]) {
      codeOf(await raw(get(path)));
    }
  });
});

describe('YAML through the command line', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]
f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]
g: [*f,*f,*f,*f,*f,*f,*f,*f,*f]
`;
  const job = (line: string) =>
    `apiVersion: capstan.dev/v1alpha1\nkind: AIJob\nmetadata: {name: y}\nspec:\n  ${line}\n`;
  test.each([
    { what: 'a bomb of aliases', text: bomb },
    { what: 'a tag of a function', text: job('command: !!js/function "function () { return 1 }"') },
    { what: 'a tag of an object', text: job('command: !!python/object/apply:os.system ["id"]') },
    { what: 'a binary tag', text: job('command: [!!binary aGVsbG8=]') },
    { what: 'a key twice', text: job('command: ["true"]\n  command: ["false"]') },
    { what: '__proto__', text: job('command: ["true"]\n  __proto__: {admin: true}') },
    { what: 'a merge key', text: job('<<: {command: ["true"]}') },
    { what: 'nesting without end', text: '['.repeat(20_000) },
    { what: 'bytes that are no text', text: 'a: \u0000\u0001' },
  ])('as $what is refused: exit code 2, nothing is sent', async ({ text }) => {
    const { code, stderr } = await submit(text);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: /);
  });

  async function submit(text: string) {
    const { run } = await import('./running.ts');
    const env = { CAPSTAN_SERVER: running.address, CAPSTAN_KEY_FILE: running.keyFile };
    return run(running.home, { args: ['submit', '-f', '-'], env }, text);
  }
});

test('after all of it the server answers as before', async () => {
  const response = await running.fetch('/api/v1/version');
  expect(response.status).toBe(200);
  const ready = await running.fetch('/readyz');
  expect(await ready.json()).toMatchObject({ ready: true });
  expect(running.log).not.toContain('request failed');
});
