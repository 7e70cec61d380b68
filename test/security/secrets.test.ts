/** S01 and S14: what a server is started with keeps strangers out, or it does not start. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Running, run, Scratch } from './running.ts';

describe('S01: a signing secret', () => {
  test.each([['server'], ['up']])(
    'of 31 bytes is refused by capstan %s, which names the setting',
    async (verb) => {
      using at = new Scratch();
      const secret = '0123456789abcdefghijklmnopqrstu';
      const env = { CAPSTAN_JWT_SECRET: secret, CAPSTAN_DATABASE_URL: 'postgres://u@127.0.0.1:9/c' };
      const { code, stderr, stdout } = await run(at.dir, {
        args: [verb, '--data', at.path('data'), '--port', '0'],
        env: verb === 'up' ? { CAPSTAN_JWT_SECRET: secret } : env,
      });
      expect(code).not.toBe(0);
      expect(stderr).toContain('CAPSTAN_JWT_SECRET');
      expect(stderr).toContain('256 bits');
      expect(stderr + stdout).not.toContain(secret);
    },
  );

  test('of 32 bytes boots, and signs what a key is exchanged for', async () => {
    using at = new Scratch();
    await using server = await Running.up(at.dir, {
      env: { CAPSTAN_JWT_SECRET: '0123456789abcdefghijklmnopqrstuv' },
    });
    const exchanged = await fetch(`${server.address}/api/v1/auth/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}` },
    });
    const { token } = (await exchanged.json()) as { token: string };
    const [header = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ alg: 'HS256' });
    const asked = await fetch(`${server.address}/api/v1/jobs`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(asked.status).toBe(200);
  });
});

describe('S14: credentials', () => {
  test('are made for each installation: two have nothing in common, and defaults open none', async () => {
    using first = new Scratch();
    using second = new Scratch();
    await using one = await Running.up(first.dir);
    await using other = await Running.up(second.dir);
    for (const file of ['admin.key', 'pepper.key']) {
      const [mine, theirs] = [one, other].map(({ keyFile }) =>
        readFileSync(join(dirname(keyFile), file), 'utf8').trim(),
      );
      expect(mine?.length).toBeGreaterThanOrEqual(43);
      expect(mine).not.toBe(theirs);
    }
    for (const key of [
      other.key,
      'admin',
      'changeme',
      'capstan',
      'minioadmin',
      Buffer.from('admin:admin').toString('base64'),
    ]) {
      for (const scheme of ['Bearer', 'Basic']) {
        const { status } = await fetch(`${one.address}/api/v1/jobs`, {
          headers: { authorization: `${scheme} ${key}` },
        });
        expect([scheme, key, status]).toEqual([scheme, key, 401]);
      }
    }
  });

  test.each([
    'changemechangemechangemechangeme',
    'change-me-please-change-me-change-me'.replace('please', 'admin'),
    'minioadminminioadminminioadminminioadmin',
    'admin/admin/admin/admin/admin/admin/',
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  ])('that everybody knows are refused as a signing secret: %s', async (secret) => {
    using at = new Scratch();
    const { code, stderr } = await run(at.dir, {
      args: ['up', '--data', at.path('data'), '--port', '0'],
      env: { CAPSTAN_JWT_SECRET: secret },
    });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/CAPSTAN_JWT_SECRET.*a secret of your own/s);
    expect(stderr).not.toContain(secret);
  });

  test.each(['admin', 'changeme', 'postgres', 'minioadmin', 'password123'])(
    'that everybody knows are refused as the password of a database off loopback: %s',
    async (password) => {
      using at = new Scratch();
      const { code, stderr } = await run(at.dir, {
        args: ['server', '--data', at.path('data'), '--port', '0'],
        env: { CAPSTAN_DATABASE_URL: `postgres://u:${password}@192.0.2.1/c?sslmode=verify-full` },
      });
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/CAPSTAN_DATABASE_URL.*everybody knows/s);
      expect(stderr).not.toContain(`:${password}@`);
    },
  );
});
