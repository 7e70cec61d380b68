import { describe, expect, test } from 'vitest';
import { start, until } from './testing/fixture.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

function json(body: unknown): RequestInit {
  return { body: JSON.stringify(body), headers: JSON_TYPE };
}

describe('an operation over HTTP', () => {
  test('gets its input from path and body together', async () => {
    await using running = await start();
    const response = await running.fetch('/api/v1/things/a', { method: 'PUT', ...json({ note: 'n' }) });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({ input: { name: 'a', note: 'n' }, by: 'ada' });
  });

  test('gets its input from path and query together', async () => {
    await using running = await start();
    const response = await running.fetch('/api/v1/things/a%2Fb?limit=3');
    expect(await response.json()).toEqual({ input: { name: 'a/b', limit: 3 } });
  });

  test('takes a field that is the same in path and body', async () => {
    await using running = await start();
    const response = await running.fetch('/api/v1/things/a', { method: 'PUT', ...json({ name: 'a' }) });
    expect(response.status).toBe(200);
  });

  test.each([
    {
      what: 'a field that differs between path and body',
      path: '/api/v1/things/a',
      init: { method: 'PUT', ...json({ name: 'b' }) },
      want: [{ path: 'name', expected: 'the same as in the path' }],
    },
    {
      what: 'a query beside a body',
      path: '/api/v1/things/a?note=x',
      init: { method: 'PUT', ...json({}) },
      want: [{ path: 'note', expected: 'nothing in the query' }],
    },
    {
      what: 'a list as body',
      path: '/api/v1/things/a',
      init: { method: 'PUT', ...json([1]) },
      want: [{ path: '', expected: 'an object', got: 'a list' }],
    },
    {
      what: 'a null as body',
      path: '/api/v1/things/a',
      init: { method: 'PUT', ...json(null) },
      want: [{ path: '', expected: 'an object' }],
    },
    {
      what: 'an unknown field',
      path: '/api/v1/things/a?limt=3',
      init: {},
      want: [{ path: 'limt', hint: 'did you mean limit?' }],
    },
    {
      what: 'an idempotency key that differs between header and body',
      path: '/api/v1/things',
      init: {
        method: 'POST',
        body: '{"idempotencyKey":"a"}',
        headers: { ...JSON_TYPE, 'idempotency-key': 'b' },
      },
      want: [{ path: 'idempotencyKey', expected: 'the same as in the header idempotency-key' }],
    },
  ])('refuses $what', async ({ path, init, want }) => {
    await using running = await start();
    const response = await running.fetch(path, init);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'input.invalid', details: want } });
  });

  test.each([
    { what: 'one that was made', init: {}, status: 201 },
    { what: 'one that was there already', init: { headers: { 'idempotency-key': 'again' } }, status: 200 },
    { what: 'a dry run', init: json({ dryRun: true }), status: 200 },
  ])('answers $status for $what', async ({ init, status }) => {
    await using running = await start();
    const response = await running.fetch('/api/v1/things', { method: 'POST', ...init });
    expect(response.status).toBe(status);
  });

  test('downloads bytes with their length', async () => {
    await using running = await start();
    const response = await running.fetch('/api/v1/files/whole');
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-length')).toBe('300000');
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect([bytes.length, bytes[0], bytes[150_000], bytes[299_999]]).toEqual([300_000, 0, 1, 2]);
  });

  test.each(['short', 'long', 'broken'])('never passes a %s download as whole', async (kind) => {
    await using running = await start();
    await expect(
      running.fetch(`/api/v1/files/${kind}`).then((answer) => answer.arrayBuffer()),
    ).rejects.toThrow();
  });

  test('refuses a download that is not there with its own status', async () => {
    await using running = await start();
    const response = await running.fetch('/api/v1/files/none');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'job.no_output' } });
  });

  test('is told when its caller is gone', async () => {
    await using running = await start();
    const caller = new AbortController();
    const answer = running.fetch('/api/v1/wait', { signal: caller.signal });
    await running.puppet.waiting.promise;
    caller.abort();
    await expect(answer).rejects.toThrow();
    await until(() => running.puppet.signals[0]?.aborted === true, 'the signal of the operation');
    await until(() => running.logged.some(({ status }) => status === 'aborted'), 'the log line');
  });

  test('is told when its time is up, and the caller with it', async () => {
    await using running = await start({ options: { answerMs: 20 } });
    const response = await running.fetch('/api/v1/wait');
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error: { code: 'server.slow' } });
    expect(running.puppet.signals[0]?.aborted).toBe(true);
  });
});

describe('the server about itself', () => {
  test('is alive and ready without a key', async () => {
    await using running = await start();
    const live = await fetch(`${running.at.url}/livez`);
    const ready = await fetch(`${running.at.url}/readyz`);
    expect([live.status, ready.status]).toEqual([200, 200]);
    expect(await ready.json()).toEqual({ ready: true, checks: { store: 'ok' } });
  });

  test.each([
    { what: 'a check says no', health: async () => ({ ready: false, checks: { store: 'refused' } }) },
    { what: 'the check itself fails', health: () => Promise.reject(new Error('hunter2')) },
  ])('is alive but not ready when $what', async ({ health }) => {
    await using running = await start({ parts: { health } });
    const ready = await fetch(`${running.at.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).not.toContain('hunter2');
    expect((await fetch(`${running.at.url}/livez`)).status).toBe(200);
  });

  test('counts by operation and never by path', async () => {
    await using running = await start();
    await running.fetch('/api/v1/things/some-name');
    await running.fetch('/api/v1/things/other-name');
    await running.fetch('/api/v1/unheard-of/path');
    await (await running.fetch('/api/v1/count')).text();
    const text = await (await running.fetch('/metrics')).text();
    expect(text).toContain('http_requests_total{operation="thing.get",status="2xx"} 2');
    expect(text).toContain('http_requests_total{operation="unknown",status="4xx"} 1');
    expect(text).toContain('http_requests_total{operation="count.follow",status="2xx"} 1');
    expect(text).toContain('http_request_duration_seconds_count{operation="thing.get"} 2');
    expect(text).not.toContain('http_request_duration_seconds_count{operation="count.follow"}');
    expect(text).toContain('http_requests_in_flight 1');
    expect(text).toContain('http_streams_open 0');
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toMatch(/some-name|unheard-of/);
  });

  test.each(['/livez', '/api/v1/things/a', '/nothing', '/api/v1/count'])(
    'lets no cache keep %s, and no browser guess its type',
    async (path) => {
      await using running = await start();
      const { headers } = await running.fetch(path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  test('takes a sane request id from the caller, and makes one otherwise', async () => {
    await using running = await start();
    const idOf = async (id: string) => {
      const response = await running.fetch('/api/v1/things/a', { headers: { 'x-request-id': id } });
      return response.headers.get('x-request-id');
    };
    expect(await idOf('trace-0001.a_b')).toBe('trace-0001.a_b');
    for (const id of ['short', 'with space inside', 'a'.repeat(129), '<script>alert(1)</script>']) {
      expect(await idOf(id)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('logs each request once, without keys, bodies and URLs', async () => {
    await using running = await start();
    await running.fetch('/api/v1/things/the-name', {
      method: 'PUT',
      ...json({ note: 'the-body' }),
      headers: { ...JSON_TYPE, 'x-request-id': 'request-1' },
    });
    await until(() => running.logged.length > 0, 'the log line');
    expect(running.logged).toMatchObject([
      { request_id: 'request-1', operation: 'thing.put', method: 'PUT', status: 200, principal: 'ada' },
    ]);
    expect(JSON.stringify(running.logged)).not.toMatch(/the-name|the-body|good-key/);
  });
});
