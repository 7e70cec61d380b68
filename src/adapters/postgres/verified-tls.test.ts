import { describe, expect, test } from 'vitest';
import { UnfitDatabase } from './unfit-database.ts';
import { checkVerifiedTls } from './verified-tls.ts';

function refusal(connection: Parameters<typeof checkVerifiedTls>[0]): UnfitDatabase | undefined {
  try {
    checkVerifiedTls(connection);
    return undefined;
  } catch (error) {
    if (error instanceof UnfitDatabase) return error;
    throw error;
  }
}

describe('S20: a database off loopback', () => {
  test.each([
    { with: 'no sslmode', url: 'postgres://u:hunter2@db.example/c' },
    { with: 'sslmode=disable', url: 'postgres://u:hunter2@db.example/c?sslmode=disable' },
    { with: 'sslmode=prefer', url: 'postgres://u:hunter2@db.example/c?sslmode=prefer' },
    { with: 'sslmode=require', url: 'postgres://u:hunter2@db.example/c?sslmode=require' },
    { with: 'sslmode=no-verify', url: 'postgres://u:hunter2@db.example/c?sslmode=no-verify' },
    {
      with: 'ssl=true that overrides nothing',
      url: 'postgres://u:hunter2@db.example/c?ssl=true&sslmode=require',
    },
    { with: 'another host in the query', url: 'postgres://u:hunter2@localhost/c?host=10.0.0.9' },
    { with: 'an address of its network', url: 'postgres://u:hunter2@10.0.0.9/c' },
    { with: 'an IPv6 address', url: 'postgres://u:hunter2@[2001:db8::1]/c' },
    { with: 'a name like localhost', url: 'postgres://u:hunter2@localhost.example/c' },
    {
      with: 'the libpq meaning of require',
      url: 'postgres://u:hunter2@db.example/c?uselibpqcompat=true&sslmode=require',
    },
  ])('with $with is refused, and the setting is named without the password', ({ url }) => {
    const refused = refusal(url);
    expect(refused?.reason).toBe('NotVerified');
    expect(refused?.message).toMatch(/CAPSTAN_DATABASE_URL.*sslmode=verify-full/s);
    expect(JSON.stringify([refused?.message, refused?.stack])).not.toContain('hunter2');
  });

  test.each([
    { of: 'verify-full', connection: 'postgres://u:hunter2@db.example/c?sslmode=verify-full' },
    { of: 'verify-ca', connection: 'postgres://u:hunter2@db.example/c?sslmode=verify-ca' },
    { of: 'an own configuration', connection: { host: 'db.example', ssl: { ca: 'x' } } },
  ])('with $of is taken', ({ connection }) => {
    expect(refusal(connection)).toBeUndefined();
  });

  test('whose certificate is not checked is refused, however it is configured', () => {
    expect(refusal({ host: 'db.example', ssl: { rejectUnauthorized: false } })?.reason).toBe('NotVerified');
  });
});

describe('a database on this machine', () => {
  test.each([
    'postgres://u:hunter2@localhost/c',
    'postgres://u:hunter2@127.0.0.1:5432/c?sslmode=disable',
    'postgres://u:hunter2@127.1.2.3/c',
    'postgres://u:hunter2@[::1]/c',
    'postgres://u:hunter2@/c?host=%2Fvar%2Frun%2Fpostgresql',
  ])('%s needs no TLS', (url) => {
    expect(refusal(url)).toBeUndefined();
  });
});

test('a URL that is none is refused without being repeated', () => {
  const refused = refusal('postgres://u:hunter2@[bad/c');
  expect(refused?.reason).toBe('BadUrl');
  expect(refused?.message).not.toContain('hunter2');
});
