/** What a client sends, and what it makes of answers, against a server that does only what the test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CapstanError,
  Client,
  TaskCancelled,
  TaskFailed,
  task,
  Unreachable,
  WaitTimeout,
} from '../src/index.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

type Answer = (response: ServerResponse, asked: Asked) => void;

const asked: Asked[] = [];
let script: Answer[];
let client: Client;
let close: () => Promise<void>;
let address: string;

beforeEach(async () => {
  asked.length = 0;
  script = [];
  const server = createServer(async (request, response) => {
    const text = await new Response(request as never).text();
    const { method = '', url = '', headers } = request;
    const one = { method, url, headers, body: text === '' ? undefined : JSON.parse(text) };
    asked.push(one);
    // The last of the script answers all that follows.
    (script.length > 1 ? script.shift() : script[0])?.(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new Client({ server: address, key: 'cap_secret', retry: { first: 1, longest: 5, tries: 4 } });
  close = async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterEach(() => close());

const json =
  (body: unknown, status = 200, headers = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const refuse = (status: number, code: string, more = {}, headers = {}) =>
  json(
    { error: { code, message: `it is ${code}`, next: 'wait', details: [], request_id: 'r-1', ...more } },
    status,
    headers,
  );
const breakOff: Answer = (response) => response.destroy();
const SUBMITTED = { metadata: { uid: 'u-1', name: 'n-1', namespace: 'default' }, repeated: false };
const keys = () => asked.map(({ headers }) => headers['idempotency-key']);

describe('a submission', () => {
  test('carries the task, the key and an idempotency key', async () => {
    script = [json(SUBMITTED, 201)];
    const options = { queue: 'q', timeout: 1500, after: [SUBMITTED], cancelGrace: '1s', labels: { a: 'b' } };
    expect(await client.submit('embed', { text: 'x' }, options)).toEqual({
      uid: 'u-1',
      name: 'n-1',
      repeated: false,
    });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      url: '/api/v1/jobs',
      headers: { authorization: 'Bearer cap_secret', 'content-type': 'application/json' },
      body: {
        project: 'default',
        labels: { a: 'b' },
        spec: {
          queue: 'q',
          timeout: '1500ms',
          task: { handler: 'embed', payload: { text: 'x' }, after: ['u-1'], cancelGrace: '1s' },
        },
      },
    });
    expect(keys()[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test.each([
    { what: 'the connection breaks off', first: breakOff },
    { what: 'there is too much', first: refuse(429, 'limit.rate', {}, { 'retry-after': '0' }) },
    { what: 'the server is away', first: refuse(503, 'store.unavailable') },
  ])('is sent again under the same key when $what', async ({ first }) => {
    script = [first, first, json(SUBMITTED, 201)];
    await client.submit('embed');
    expect(asked).toHaveLength(3);
    expect(new Set(keys()).size).toBe(1);
  });

  test('is sent so many times and no more', async () => {
    script = [refuse(503, 'store.unavailable')];
    await expect(client.submit('embed')).rejects.toMatchObject({
      code: 'store.unavailable',
      status: 503,
      requestId: 'r-1',
    });
    expect(asked).toHaveLength(4);
  });

  test('that is refused says what is wrong, and is not sent again', async () => {
    const details = [{ path: 'spec.priority', expected: 'at most 100', got: '101' }];
    script = [refuse(400, 'input.invalid', { details })];
    const error = await client.submit('embed').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CapstanError);
    expect(error).toMatchObject({ code: 'input.invalid', status: 400, next: 'wait', details });
    expect((error as Error).message).toContain('spec.priority: expected at most 100, got 101');
    expect(asked).toHaveLength(1);
  });

  test('answered by something else says so, without the key', async () => {
    script = [
      (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'),
    ];
    const error = (await client.submit('embed').catch((thrown: unknown) => thrown)) as Unreachable;
    expect(error).toBeInstanceOf(Unreachable);
    expect(error.message).toContain('HTTP 502');
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('secret');
  });

  test('does not follow a redirect with the key', async () => {
    script = [(response) => response.writeHead(307, { location: `${address}/elsewhere` }).end()];
    await expect(client.submit('embed')).rejects.toBeInstanceOf(Unreachable);
    expect(new Set(asked.map(({ url }) => url))).toEqual(new Set(['/api/v1/jobs']));
  });

  test('ends with its signal', async () => {
    script = [() => undefined];
    const controller = new AbortController();
    const submitted = client.submit('embed', null, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(submitted).rejects.toThrow('enough');
  });

  test('with an option that does not exist is not sent', async () => {
    await expect(client.submit('embed', null, { prority: 3 } as object)).rejects.toThrow('no option prority');
    expect(asked).toEqual([]);
  });
});

describe('submissions at the same time', () => {
  const answer: Answer = (response, { body }) => {
    const { jobs } = body as { jobs: { spec: { task: { payload: number } } }[] };
    const items = jobs.map(
      ({
        spec: {
          task: { payload },
        },
      }) =>
        payload === 13
          ? {
              error: {
                code: 'task.too_large',
                message: 'no',
                details: [{ path: 'jobs[0].spec.task', expected: 'less', got: 'more' }],
              },
            }
          : { uid: `u-${payload}`, name: `n-${payload}`, repeated: false },
    );
    json({ items })(response, asked[0]!);
  };

  test('go as few batches where they are gathered, and each is answered for itself', async () => {
    const gathering = new Client({ server: address, coalesce: true });
    script = [answer];
    const all = Array.from({ length: 50 }, (_, payload) =>
      gathering.submit('embed', payload).catch((error: unknown) => error),
    );
    const results = await Promise.all(all);
    gathering.close();
    expect(asked.map(({ url }) => url)).toEqual(['/api/v1/jobs:batch']);
    expect(results[7]).toEqual({ uid: 'u-7', name: 'n-7', repeated: false });
    expect(results[13]).toMatchObject({ code: 'task.too_large', details: [{ path: 'spec.task' }] });
  });

  test('with keys of their own go alone', async () => {
    const gathering = new Client({ server: address, coalesce: true });
    script = [json(SUBMITTED, 201)];
    await gathering.submit('embed', 1, { idempotencyKey: 'mine' });
    gathering.close();
    expect([asked[0]?.url, keys()]).toEqual(['/api/v1/jobs', ['mine']]);
  });

  test('of different traces do not go together', async () => {
    const gathering = new Client({ server: address, coalesce: true });
    script = [answer];
    await Promise.all(
      ['a', 'b'].map((traceparent, payload) => gathering.submit('embed', payload, { traceparent })),
    );
    gathering.close();
    expect(asked.map(({ headers }) => headers.traceparent).toSorted()).toEqual(['a', 'b']);
  });
});

describe('waiting', () => {
  const ended = (uid: string, more = {}) => ({
    uid,
    name: `n-${uid}`,
    state: 'succeeded',
    reason: 'Completed',
    message: '',
    ...more,
  });

  test('asks again until all have ended, for those that have not, and answers in order', async () => {
    script = [
      json({ done: false, jobs: [ended('b')], waiting: 1 }),
      json({ done: true, jobs: [ended('a')], waiting: 0 }),
    ];
    const outcomes = await client.wait(['a', 'n-b', 'a']);
    expect(outcomes.map(({ uid }) => uid)).toEqual(['a', 'b', 'a']);
    expect(asked.map(({ body }) => (body as { jobs: string[] }).jobs)).toEqual([['a', 'n-b'], ['a']]);
  });

  test('for any ends with the first', async () => {
    script = [json({ done: true, jobs: [ended('b')], waiting: 1 })];
    expect(await client.wait(['a', 'b'], { until: 'any' })).toHaveLength(1);
  });

  test('ends after its time, with what there was', async () => {
    script = [json({ done: false, jobs: [ended('b')], waiting: 1 })];
    const error = await client.wait(['a', 'b'], { timeout: 1 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WaitTimeout);
    expect((error as WaitTimeout).done.map(({ uid }) => uid)).toEqual(['b']);
  });

  test.each([
    {
      state: 'failed',
      error: { message: 'bad', type: 'ValueError', retryable: false },
      want: TaskFailed,
      says: 'n-a failed: ValueError: bad',
    },
    { state: 'cancelled', message: 'by ada', want: TaskCancelled, says: 'n-a cancelled: by ada' },
  ])('for the result of a $state task throws its error', async ({ want, says, ...outcome }) => {
    script = [json({ done: true, jobs: [ended('a', outcome)], waiting: 0 })];
    const error = await client.result('a').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(want);
    expect(error).toMatchObject({ message: says, uid: 'a', error: outcome.error });
  });

  test('reads a large result by itself', async () => {
    script = [json({ done: true, jobs: [ended('a', { resultBytes: 99_999 })], waiting: 0 }), json(['large'])];
    expect(await client.result('a')).toEqual(['large']);
    expect(asked[1]?.url).toBe('/api/v1/jobs/default/a/result');
  });
});

describe('reading', () => {
  test('lists page by page', async () => {
    script = [json({ items: [1, 2], next: 'c-1' }), json({ items: [3] })];
    const found: unknown[] = [];
    for await (const job of client.list({ state: ['failed', 'cancelled'], limit: 2 })) found.push(job);
    expect(found).toEqual([1, 2, 3]);
    expect(asked.map(({ url }) => url)).toEqual([
      '/api/v1/jobs?project=default&state=failed%2Ccancelled&limit=2',
      '/api/v1/jobs?project=default&state=failed%2Ccancelled&limit=2&cursor=c-1',
    ]);
  });

  test.each(['', '.', '..'])('does not ask for a job with the name "%s"', async (name) => {
    await expect(async () => client.get(name)).rejects.toThrow('is no name');
    expect(asked).toEqual([]);
  });

  test('takes a job that was cancelled before for cancelled', async () => {
    script = [refuse(409, 'job.wrong_state'), json({ status: { state: 'cancelled' } })];
    expect(await client.cancel('a')).toEqual({ status: { state: 'cancelled' } });
  });
});

describe('following', () => {
  const events =
    (...texts: string[]): Answer =>
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const text of texts) response.write(text);
    };
  const item = (id: string) => `id: ${id}\nevent: item\ndata: {"id":"${id}"}\n\n`;
  const broken =
    (...texts: string[]): Answer =>
    (response, one) => {
      events(...texts)(response, one);
      setImmediate(() => response.destroy());
    };
  const END = 'event: end\ndata: {}\n\n';

  async function followed(options = {}): Promise<string[]> {
    const ids: string[] = [];
    for await (const { id } of client.follow('a', { after: 'start', ...options })) ids.push(id);
    return ids;
  }

  test('goes on after the last event when the stream breaks', async () => {
    script = [
      broken(': alive\n\n', item('e-1'), 'id: e-2\nevent: it'),
      events(item('e-2'), item('e-3'), END),
    ];
    expect(await followed()).toEqual(['e-1', 'e-2', 'e-3']);
    expect(asked.map(({ url, headers }) => [url, headers['last-event-id']])).toEqual([
      ['/api/v1/events/follow?project=default&job=a&after=start', undefined],
      ['/api/v1/events/follow?project=default&job=a', 'e-1'],
    ]);
  });

  test('goes on when the server stops, and ends with what does not pass', async () => {
    const failing = (code: string) =>
      `event: error\ndata: ${JSON.stringify({ error: { code, message: code, next: '', details: [], request_id: '' } })}\n\n`;
    script = [events(item('e-1'), failing('server.stopping')), events(failing('events.expired'))];
    await expect(followed()).rejects.toMatchObject({ code: 'events.expired' });
    expect(asked).toHaveLength(2);
  });

  test('that can not begin says why', async () => {
    script = [refuse(404, 'job.not_found')];
    await expect(followed()).rejects.toMatchObject({ code: 'job.not_found' });
    expect(asked).toHaveLength(1);
  });

  test('ends with its signal, without an error', async () => {
    script = [events(item('e-1'))];
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const { id } of client.follow('a', { signal: controller.signal })) {
      seen.push(id);
      controller.abort();
    }
    expect(seen).toEqual(['e-1']);
  });

  test('reads a character that is cut in two', async () => {
    const bytes = Buffer.from('id: 1\ndata: {"id":"ü"}\n\n');
    script = [
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const cut = bytes.indexOf(0xc3) + 1;
        response.write(bytes.subarray(0, cut));
        setImmediate(() => response.end(Buffer.concat([bytes.subarray(cut), Buffer.from(END)])));
      },
    ];
    expect(await followed()).toEqual(['ü']);
  });
});

test('a job made by `task` is what is sent', () => {
  expect(task('h', 1, { priority: 3, startAfter: new Date(0), unique: { key: 'k', window: 5 } })).toEqual({
    spec: {
      priority: 3,
      startAfter: '1970-01-01T00:00:00.000Z',
      task: { handler: 'h', payload: 1, unique: { key: 'k', window: '5ms' } },
    },
  });
});
