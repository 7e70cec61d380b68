import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';
import { cookieOf, setCookie } from './cookies.ts';
import { DEFAULT_OPTIONS } from './options.ts';

const PLAIN = DEFAULT_OPTIONS;
const PROXY = { ...DEFAULT_OPTIONS, behindProxy: true };
const TLS = { ...DEFAULT_OPTIONS, tls: { cert: '', key: '' } };

const request = (cookie: string | undefined) => ({ headers: { cookie } }) as FastifyRequest;

function written(name: 'sign-in' | 'session', value: string, options = PLAIN): string {
  const set: string[] = [];
  const reply = { header: (_name: string, text: string) => set.push(text) };
  setCookie(reply as unknown as FastifyReply, { name, value }, options);
  return set.join();
}

describe('a cookie', () => {
  test.each([
    { what: 'over TLS', options: TLS },
    { what: 'behind a proxy that ends TLS', options: PROXY },
  ])('$what is bound to the host and to TLS', ({ options }) => {
    expect(written('session', 'x', options)).toBe(
      '__Host-capstan-session=x; Path=/; HttpOnly; SameSite=Strict; Secure',
    );
    expect(cookieOf(request('capstan-session=x'), 'session', options)).toBeUndefined();
    expect(cookieOf(request('a=b; __Host-capstan-session=x'), 'session', options)).toBe('x');
  });

  test('on loopback is not, because browsers would not keep it', () => {
    expect(written('session', 'x')).toBe('capstan-session=x; Path=/; HttpOnly; SameSite=Strict');
    expect(cookieOf(request('capstan-session=a=b'), 'session', PLAIN)).toBe('a=b');
  });

  test('of a sign-in is kept for ten minutes, and taken back when it is used up', () => {
    expect(written('sign-in', 'x')).toMatch(/=x; .*; Max-Age=600$/);
    expect(written('sign-in', '')).toMatch(/=; .*; Max-Age=0$/);
  });

  test.each([undefined, '', 'capstan-session', 'other=x', 'capstan-session=x; capstan-session=y'])(
    'is not there in %s',
    (cookie) => {
      expect(cookieOf(request(cookie), 'session', PLAIN) ?? 'none').toMatch(/^(none|)$/);
    },
  );
});
