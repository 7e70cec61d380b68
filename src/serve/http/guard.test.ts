import { describe, expect, test } from 'vitest';
import { grantOf } from '../../core/access/grants.ts';
import { OPERATIONS } from '../../operations/catalogue.ts';
import { AGENT_KEY, frame, frames, KEY, PRINCIPALS, start } from './testing/fixture.ts';

/** S04: whoever adds one says so here. */
const OPEN = [
  '/livez',
  '/readyz',
  '/api/v1/auth/settings',
  '/api/v1/auth/oidc',
  '/api/v1/auth/exchange',
  '/api/v1/auth/refresh',
  '/api/v1/auth/begin',
  '/api/v1/auth/complete',
  '/api/v1/console/begin',
  '/api/v1/console/complete',
];

describe('the gate', () => {
  test('lets nobody without a key through any route of the router but health and the sign-in handshake', async () => {
    await using running = await start({ parts: { operations: OPERATIONS } });
    const { routes } = running.server;
    expect(routes.length).toBeGreaterThan(Object.keys(OPERATIONS).length);
    expect(routes.filter(({ open }) => open).map(({ path }) => path)).toEqual(OPEN);
    for (const { method, path } of routes.filter(({ open }) => !open)) {
      const response = await fetch(running.at.url + path.replace(/:(\w+)/g, 'x'), { method });
      expect([method, path, response.status]).toEqual([method, path, 401]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="capstan"');
      expect((await response.json()) as object).toMatchObject({ error: { code: 'auth.missing' } });
    }
  });

  test.each([
    { what: 'no scheme', header: KEY, code: 'auth.invalid' },
    { what: 'another scheme', header: `Basic ${KEY}`, code: 'auth.invalid' },
    { what: 'an unknown key', header: 'Bearer other', code: 'auth.invalid' },
    { what: 'an empty key', header: 'Bearer ', code: 'auth.invalid' },
    { what: 'two keys', header: `Bearer ${KEY} ${KEY}`, code: 'auth.invalid' },
    { what: 'a name of every object', header: 'Bearer constructor', code: 'auth.invalid' },
  ])('refuses $what', async ({ header, code }) => {
    await using running = await start({
      parts: {
        authenticate: async (token) => (Object.hasOwn(PRINCIPALS, token) ? PRINCIPALS[token] : undefined),
      },
    });
    const response = await running.fetch('/api/v1/things/a', { headers: { authorization: header } });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code } });
    expect(response.headers.get('www-authenticate')).toContain('invalid_token');
  });

  test('takes the scheme in any case', async () => {
    await using running = await start();
    const response = await running.fetch('/api/v1/things/a', { headers: { authorization: `bearer ${KEY}` } });
    expect(response.status).toBe(200);
  });

  test('does not tell a stranger which routes there are', async () => {
    await using running = await start();
    const response = await fetch(`${running.at.url}/api/v1/nothing`);
    expect(response.status).toBe(401);
  });

  test.each(['access_token', 'token', 'key', 'api_key', 'Token', 'apikey'])(
    'refuses a key in the URL as %s, on open routes too, and repeats none of it',
    async (name) => {
      await using running = await start();
      for (const path of ['/livez', '/api/v1/things/a', '/nothing']) {
        const response = await running.fetch(`${path}?${name}=s3cret`);
        const text = await response.text();
        expect(response.status).toBe(400);
        expect(JSON.parse(text)).toMatchObject({ error: { code: 'auth.in_url' } });
        expect(text + JSON.stringify(running.logged)).not.toContain('s3cret');
      }
    },
  );

  test('asks for the permission that each operation names', async () => {
    await using running = await start();
    for (const path of ['/api/v1/things/a', '/api/v1/count', '/api/v1/files/whole', '/metrics']) {
      const response = await running.fetch(path, { headers: { authorization: `Bearer ${AGENT_KEY}` } });
      expect([path, response.status]).toEqual([path, 403]);
      expect(await response.json()).toMatchObject({ error: { code: 'auth.forbidden' } });
    }
  });

  test('ends an open stream when its key is revoked', async () => {
    let revoked = false;
    await using running = await start({
      options: { watchMs: 10 },
      parts: { authenticate: async (token) => (revoked ? undefined : PRINCIPALS[token]) },
    });
    const stream = frames(await running.fetch('/api/v1/quiet'));
    await frame(stream, ({ event }) => event === 'item');
    revoked = true;
    const { data } = await frame(stream, ({ event }) => event === 'error');
    expect(JSON.parse(data ?? '')).toMatchObject({ error: { code: 'auth.invalid' } });
    expect((await stream.next()).done).toBe(true);
  });

  test('ends an open stream when its key has other roles', async () => {
    let roles: 'admin' | 'agent' = 'admin';
    await using running = await start({
      options: { watchMs: 10 },
      parts: { authenticate: async () => ({ id: 'ada', kind: 'key', grants: [grantOf(roles)] }) },
    });
    const stream = frames(await running.fetch('/api/v1/quiet'));
    await frame(stream, ({ event }) => event === 'item');
    roles = 'agent';
    const { data } = await frame(stream, ({ event }) => event === 'error');
    expect(JSON.parse(data ?? '')).toMatchObject({ error: { code: 'auth.invalid' } });
  });

  test('says that the store is away when the key cannot be looked up', async () => {
    const { Refused } = await import('../../core/errors/refused.ts');
    await using running = await start({
      parts: { authenticate: () => Promise.reject(new Refused('store.unavailable')) },
    });
    const response = await running.fetch('/api/v1/things/a');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
  });
});
