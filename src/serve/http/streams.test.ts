import { describe, expect, test } from 'vitest';
import { dial, type Frame, frame, frames, KEY, PRINCIPALS, start, until } from './testing/fixture.ts';

async function all(response: Response): Promise<Frame[]> {
  const seen: Frame[] = [];
  for await (const one of frames(response)) seen.push(one);
  return seen;
}

function ids(seen: readonly Frame[]): (string | undefined)[] {
  return seen.filter(({ event }) => event === 'item').map(({ id }) => id);
}

describe('a stream over HTTP', () => {
  test('sends each item with its id, then its end', async () => {
    await using running = await start();
    const response = await running.fetch('/api/v1/count');
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const seen = await all(response);
    expect(seen.slice(0, 2)).toEqual([
      { retry: '1000' },
      { id: '1', event: 'item', data: '{"id":"1","value":1}' },
    ]);
    expect(seen.at(-1)).toEqual({ event: 'end', data: '{}' });
    expect(ids(seen)).toEqual(['1', '2', '3', '4', '5']);
  });

  test.each([
    { what: 'Last-Event-ID', path: '/api/v1/count', header: '3', want: ['4', '5'] },
    { what: 'the query', path: '/api/v1/count?after=4', header: undefined, want: ['5'] },
    {
      what: 'the header, which is newer than the URL',
      path: '/api/v1/count?after=1',
      header: '3',
      want: ['4', '5'],
    },
  ])('resumes after $what', async ({ path, header, want }) => {
    await using running = await start();
    const headers: Record<string, string> = header === undefined ? {} : { 'last-event-id': header };
    expect(ids(await all(await running.fetch(path, { headers })))).toEqual(want);
  });

  test.each([
    { path: '/api/v1/broken/early', status: 410, code: 'cursor.expired' },
    { path: '/api/v1/broken/never', status: 400, code: 'input.invalid' },
  ])('that is refused before it began has a status of its own: $path', async ({ path, status, code }) => {
    await using running = await start();
    const response = await running.fetch(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  test.each([
    { path: '/api/v1/broken/late', code: 'cursor.expired' },
    { path: '/api/v1/broken/defect', code: 'internal' },
  ])('that fails after it began ends with the error: $path', async ({ path, code }) => {
    await using running = await start();
    const response = await running.fetch(path);
    const seen = await all(response);
    expect(ids(seen)).toEqual(['1']);
    const last = seen.at(-1);
    expect(last?.event).toBe('error');
    expect(JSON.parse(last?.data ?? '')).toMatchObject({
      error: { code, request_id: response.headers.get('x-request-id') },
    });
    expect(last?.data).not.toContain('hunter2');
  });

  test('shows by comments that it lives', async () => {
    await using running = await start({ options: { heartbeatMs: 10 } });
    const stream = frames(await running.fetch('/api/v1/quiet'));
    expect(await frame(stream, ({ comment }) => comment !== undefined)).toEqual({ comment: 'alive' });
    running.puppet.go.resolve();
    expect(await frame(stream, ({ id }) => id === '2')).toMatchObject({ event: 'item' });
    expect(await frame(stream, ({ event }) => event === 'end')).toBeDefined();
  });

  test('sends its head before its first item comes', async () => {
    await using running = await start({ options: { firstItemMs: 1 } });
    const response = await running.fetch('/api/v1/quiet');
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  test('stops when its reader is gone', async () => {
    await using running = await start();
    const response = await running.fetch('/api/v1/quiet');
    await running.puppet.waiting.promise;
    await response.body?.cancel();
    await until(() => running.puppet.signals[0]?.aborted === true, 'the signal of the stream');
    const open = async () => (await (await running.fetch('/metrics')).text()).includes('http_streams_open 0');
    await until(open, 'the count of open streams');
  });

  test('waits for a slow reader instead of gathering what it does not read', async () => {
    let looks = 0;
    const authenticate = async (token: string) => {
      looks += 1;
      return PRINCIPALS[token];
    };
    await using running = await start({ options: { watchMs: 2 }, parts: { authenticate } });
    const socket = await dial(running.at);
    socket.pause();
    socket.write(`GET /api/v1/flood HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer ${KEY}\r\n\r\n`);
    // The server has had the time to do other things many times over.
    await until(() => running.puppet.produced > 0 && looks > 30, 'the stream to have been open for a while');
    // 50 MB in all; what the kernel and the two buffers take is a small part of it.
    expect(running.puppet.produced).toBeLessThan(2_500);
    socket.resume();
    await until(() => running.puppet.produced === 5_000, 'the stream to go on');
    socket.destroy();
  });

  test('is cut off when its reader takes nothing for too long', async () => {
    await using running = await start({ options: { idleMs: 100 } });
    const socket = await dial(running.at);
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(`GET /api/v1/flood HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer ${KEY}\r\n\r\n`);
    await until(() => running.puppet.signals[0]?.aborted === true, 'the signal of the stream');
    expect(running.puppet.produced).toBeLessThan(5_000);
    socket.destroy();
  });
});
