import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { DEFAULT_OPTIONS } from './options.ts';
import { AGENT_KEY, dial, frames, KEY, start, until } from './testing/fixture.ts';

const { limits } = DEFAULT_OPTIONS;
/** Refilled so slowly that no test sees it. */
const scarce = { readsPerSecond: 1, readBurst: 2, writesPerSecond: 1, writeBurst: 1 };
const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

describe('requests of a key', () => {
  test('are counted, and every answer says what is left', async () => {
    await using running = await start();
    const answer = await running.fetch('/api/v1/things/a');
    expect(answer.headers.get('ratelimit-policy')).toBe('"reads";q=20000;w=2');
    expect(answer.headers.get('ratelimit')).toBe('"reads";r=19999;t=1');
    const changed = await running.fetch('/api/v1/things/a', { method: 'PUT' });
    expect(changed.headers.get('ratelimit')).toMatch(/^"writes";r=19999;/);
  });

  test('beyond the limit are 429 with Retry-After, and others go on', async () => {
    await using running = await start({ options: { limits: { ...limits, ...scarce } } });
    const get = (key: string) => running.fetch('/api/v1/things/a', as(key));
    expect((await get(KEY)).status).toBe(200);
    expect((await get(KEY)).status).toBe(200);
    const refused = await get(KEY);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('ratelimit')).toMatch(/^"reads";r=0;/);
    expect(await refused.json()).toMatchObject({
      error: { code: 'limit.rate', message: expect.stringContaining('reads') },
    });
    expect((await get(AGENT_KEY)).status).not.toBe(429);
    expect((await running.fetch('/api/v1/things/a', { method: 'PUT' })).status).toBe(200);
    expect((await running.fetch('/livez')).status).toBe(200);
  });

  test('are held to limits that are changed while the server runs', async () => {
    await using running = await start();
    expect((await running.fetch('/api/v1/things/a')).status).toBe(200);
    running.server.limit({ ...limits, readsPerSecond: 1, readBurst: 1 });
    expect((await running.fetch('/api/v1/things/a')).status).toBe(200);
    expect((await running.fetch('/api/v1/things/a')).status).toBe(429);
  });
});

describe('requests without a valid key', () => {
  const few = { limits: { ...limits, failuresPerSecond: 1, failureBurst: 3 } };

  test('are counted for their address: beyond the limit no key is looked at', async () => {
    let looked = 0;
    const authenticate = async () => {
      looked += 1;
      return undefined;
    };
    await using running = await start({ options: few, parts: { authenticate } });
    const codes = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      codes.push((await running.fetch('/api/v1/things/a', as(`wrong-${attempt}`))).status);
    }
    expect(codes).toEqual([401, 401, 401, 429, 429]);
    expect(looked).toBe(3);
  });

  test('behind a proxy are counted for whom the proxy names last', async () => {
    await using running = await start({ options: { ...few, behindProxy: true } });
    const from = (address: string) =>
      running.fetch('/api/v1/things/a', {
        headers: { authorization: 'Bearer wrong', 'x-forwarded-for': `203.0.113.7, ${address}` },
      });
    for (let attempt = 0; attempt < 3; attempt += 1) await from('198.51.100.1');
    expect((await from('198.51.100.1')).status).toBe(429);
    expect((await from('198.51.100.2')).status).toBe(401);
    for (let attempt = 0; attempt < 3; attempt += 1) await from(`2001:db8:1:2:${attempt}::1`);
    expect((await from('2001:db8:1:2::ffff')).status).toBe(429);
    expect((await from('2001:db8:1:3::1')).status).toBe(401);
  });

  test('do not believe X-Forwarded-For where no proxy was announced', async () => {
    await using running = await start({ options: few });
    const statuses = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const headers = { authorization: 'Bearer wrong', 'x-forwarded-for': `198.51.100.${attempt}` };
      statuses.push((await running.fetch('/api/v1/things/a', { headers })).status);
    }
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('streams of a key', () => {
  test('are limited, and a place is free again when one ends', async () => {
    await using running = await start({ options: { limits: { ...limits, streamsPerKey: 1 } } });
    const leave = new AbortController();
    const first = await running.fetch('/api/v1/quiet', { signal: leave.signal });
    await frames(first).next();
    const second = await running.fetch('/api/v1/quiet');
    expect([second.status, await codeOf(second)]).toEqual([429, 'limit.streams']);
    leave.abort();
    await until(async () => {
      const again = await running.fetch('/api/v1/count');
      await again.body?.cancel();
      return again.status === 200;
    }, 'the place is free again');
  });

  test('that are refused hold no place', async () => {
    await using running = await start({ options: { limits: { ...limits, streamsPerKey: 1 } } });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect((await running.fetch('/api/v1/broken/early')).status).toBe(410);
    }
    await until(
      async () => (await running.fetch('/api/v1/broken/early')).status === 410,
      'the place is free',
    );
  });
});

describe('connections from one address', () => {
  test('are limited: one more is told and closed', async () => {
    await using running = await start({ options: { limits: { ...limits, connectionsPerAddress: 1 } } });
    const first = await dial(running.at);
    const more = await dial(running.at);
    const [answer] = (await once(more, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 429 [\s\S]*retry-after: 5[\s\S]*limit\.connections/);
    await once(more, 'close');
    first.destroy();
    await until(
      async () =>
        (await running.raw('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).includes('200 OK'),
      'the place is free again',
    );
  });

  test('are not counted behind a proxy', async () => {
    const options = { limits: { ...limits, connectionsPerAddress: 1 }, behindProxy: true };
    await using running = await start({ options });
    const first = await dial(running.at);
    expect((await running.fetch('/livez')).status).toBe(200);
    first.destroy();
  });
});

describe('bodies of all callers together', () => {
  test('are held to a number of bytes: beyond it 503 with Retry-After, before anything is done', async () => {
    await using running = await start({ options: { limits: { ...limits, bodyBytesInFlight: 100 } } });
    const body = JSON.stringify({ note: 'x'.repeat(200) });
    const headers = { 'content-type': 'application/json' };
    const refused = await running.fetch('/api/v1/things/a', { method: 'PUT', body, headers });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await codeOf(refused)).toBe('limit.busy');
    for (let turn = 0; turn < 5; turn += 1) {
      const small = await running.fetch('/api/v1/things/a', { method: 'PUT', body: '{"note":"x"}', headers });
      expect(small.status).toBe(200);
    }
  });
});
