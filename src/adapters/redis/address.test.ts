import { describe, expect, test } from 'vitest';
import { redisAddress } from './address.ts';

const SECRET = 'x7Qm2-canary-of-redis';

describe('S19: a Redis', () => {
  test.each([
    {
      what: 'off loopback without TLS',
      url: `redis://u:${SECRET}@redis.example:6379`,
      want: /has no TLS, and redis\.example/,
    },
    { what: 'off loopback without a password', url: 'rediss://redis.example:6380', want: /has no password/ },
    {
      what: 'off loopback with a user but no password',
      url: 'rediss://capstan@redis.example',
      want: /has no password/,
    },
    {
      what: 'off loopback with a password that everybody knows',
      url: 'rediss://:changeme@10.0.0.5',
      want: /everybody knows/,
    },
    {
      what: 'off loopback with the password of the manual',
      url: 'rediss://:foobared@10.0.0.5',
      want: /everybody knows/,
    },
    {
      what: 'at an address that only looks like loopback',
      url: `redis://:${SECRET}@127.0.0.1.example`,
      want: /has no TLS/,
    },
    { what: 'at any address', url: `redis://:${SECRET}@0.0.0.0`, want: /has no TLS/ },
    { what: 'at an IPv6 address off loopback', url: `redis://:${SECRET}@[fd00::1]`, want: /has no TLS/ },
    {
      what: 'whose URL would switch verification off',
      url: `rediss://:${SECRET}@r.example?rejectUnauthorized=false`,
      want: /has parameters/,
    },
    { what: 'of another scheme', url: `http://:${SECRET}@r.example`, want: /is no Redis URL/ },
    { what: 'that is no URL', url: `${SECRET}`, want: /is no Redis URL/ },
    {
      what: 'with a database that is no number',
      url: `rediss://:${SECRET}@r.example/main`,
      want: /no numbered database/,
    },
  ])('$what is refused, without repeating the secret', ({ url, want }) => {
    const refused = attempt(() => redisAddress(url));
    expect(refused).toMatchObject({
      code: 'Unsafe',
      message: expect.stringMatching(want),
      next: expect.any(String),
    });
    expect((refused as Error).message).not.toContain(SECRET);
  });

  test.each([
    {
      what: 'on loopback without a password',
      url: 'redis://127.0.0.1',
      want: { host: '127.0.0.1', port: 6379, tls: false, password: undefined, database: 0 },
    },
    {
      what: 'on loopback, IPv6',
      url: 'redis://[::1]:7000/3',
      want: { host: '::1', port: 7000, tls: false, database: 3 },
    },
    {
      what: 'off loopback with TLS and a password',
      url: `rediss://capstan:${SECRET}%2F@r.example:6380/1`,
      want: {
        host: 'r.example',
        port: 6380,
        tls: true,
        username: 'capstan',
        password: `${SECRET}/`,
        database: 1,
      },
    },
  ])('$what is used', ({ url, want }) => {
    expect(redisAddress(url)).toMatchObject(want);
  });
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
