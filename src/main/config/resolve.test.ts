import { describe, expect, test } from 'vitest';
import { type ConfigFile, resolveConfig, type Sources } from './resolve.ts';
import { DEFAULTS, leaves } from './schema.ts';

function resolved(sources: Partial<Sources>) {
  return resolveConfig({ flags: {}, env: {}, cwd: '/here', ...sources });
}

function file(value: unknown): ConfigFile {
  return { name: 'capstan.yaml', directory: '/etc/capstan', value, locate: (path) => `capstan.yaml:${path}` };
}

function settingOf(name: string, sources: Partial<Sources>) {
  const { values } = resolved(sources);
  const found = values.find(({ leaf }) => leaf.name === name);
  return { value: found?.written, source: found?.source };
}

describe('a setting comes from', () => {
  const flags = { host: '10.0.0.1' };
  const env = { CAPSTAN_HOST: '10.0.0.2' };
  const written = file({ host: '10.0.0.3' });
  test.each<{ from: string; sources: Partial<Sources>; value: string; source: string }>([
    { from: 'the flag first', sources: { flags, env, file: written }, value: '10.0.0.1', source: '--host' },
    {
      from: 'then the environment',
      sources: { env, file: written },
      value: '10.0.0.2',
      source: 'CAPSTAN_HOST',
    },
    { from: 'then the file', sources: { file: written }, value: '10.0.0.3', source: 'capstan.yaml:host' },
    { from: 'then the verb', sources: { defaults: { host: '::1' } }, value: '::1', source: 'default' },
    { from: 'then the schema', sources: {}, value: '127.0.0.1', source: 'default' },
    {
      from: 'no empty variable',
      sources: { env: { CAPSTAN_HOST: '' } },
      value: '127.0.0.1',
      source: 'default',
    },
  ])('$from', ({ sources, value, source }) => {
    expect(settingOf('host', sources)).toEqual({ value, source });
  });

  test('the environment below a group, too', () => {
    expect(settingOf('limits.readBurst', { env: { CAPSTAN_LIMITS_READ_BURST: '7' } })).toEqual({
      value: '7',
      source: 'CAPSTAN_LIMITS_READ_BURST',
    });
    expect(resolved({ env: { CAPSTAN_LIMITS_READ_BURST: '7' } }).settings?.limits.readBurst).toBe(7);
  });

  test('no flag where it is a secret', () => {
    expect(leaves().filter((leaf) => leaf.secret && leaf.flag)).toEqual([]);
  });
});

describe('paths', () => {
  test.each<{ of: string; sources: Partial<Sources>; want: string }>([
    {
      of: 'a flag are relative to where the command runs',
      sources: { flags: { data: 'd' } },
      want: '/here/d',
    },
    {
      of: 'a variable are relative to where the command runs',
      sources: { env: { CAPSTAN_DATA: 'd' } },
      want: '/here/d',
    },
    { of: 'the file are relative to it', sources: { file: file({ data: 'd' }) }, want: '/etc/capstan/d' },
    { of: 'anything stay when absolute', sources: { file: file({ data: '/d' }) }, want: '/d' },
  ])('of $of', ({ sources, want }) => {
    expect(resolved(sources).settings?.data).toBe(want);
  });
});

describe('a problem is told with its source', () => {
  test.each<{ what: string; sources: Partial<Sources>; want: object }>([
    {
      what: 'an unknown field of the file, with the nearest name',
      sources: { file: file({ hosst: 'a' }) },
      want: { where: 'capstan.yaml:hosst', hint: 'did you mean host?' },
    },
    {
      what: 'an unknown field of a group',
      sources: { file: file({ limits: { readBrust: 1 } }) },
      want: { where: 'capstan.yaml:limits.readBrust', hint: 'did you mean readBurst?' },
    },
    {
      what: 'a misspelt variable',
      sources: { env: { CAPSTAN_LOGLEVEL: 'debug' } },
      want: { where: 'CAPSTAN_LOGLEVEL', hint: 'did you mean CAPSTAN_LOG_LEVEL?' },
    },
    {
      what: 'a wrong value of a variable',
      sources: { env: { CAPSTAN_PORT: '99999' } },
      want: { where: 'CAPSTAN_PORT', expected: 'a whole number from 0 to 65535', got: '"99999"' },
    },
    {
      what: 'a wrong value of the file that a flag hides',
      sources: { flags: { port: 1 }, file: file({ port: 'x' }) },
      want: { where: 'capstan.yaml:port', expected: 'a whole number from 0 to 65535' },
    },
    {
      what: 'a certificate without its key',
      sources: { flags: { 'tls.cert': 'a.pem' } },
      want: { where: '--tls-cert', expected: 'tls.key beside tls.cert' },
    },
    {
      what: 'two databases',
      sources: { env: { CAPSTAN_DATABASE_URL: 'postgres://a/b', CAPSTAN_DATABASE_URL_FILE: 'f' } },
      want: { where: 'CAPSTAN_DATABASE_URL_FILE', expected: 'left out beside databaseUrl' },
    },
    {
      what: 'two secrets of the client',
      sources: { env: { CAPSTAN_OIDC_CLIENT_SECRET: 'x', CAPSTAN_OIDC_CLIENT_SECRET_FILE: 'f' } },
      want: { where: 'CAPSTAN_OIDC_CLIENT_SECRET_FILE', expected: 'left out beside oidc.clientSecret' },
    },
    {
      what: 'a redirect URI in plain text off loopback',
      sources: {
        env: { CAPSTAN_OIDC_REDIRECT_URIS: 'https://capstan.example/callback,http://capstan.example/' },
      },
      want: { where: 'CAPSTAN_OIDC_REDIRECT_URIS', path: 'oidc.redirectUris' },
    },
    {
      what: 'a retention under an hour',
      sources: { env: { CAPSTAN_RETENTION_JOBS: '5s' } },
      want: { where: 'CAPSTAN_RETENTION_JOBS', expected: 'a duration of an hour or more, such as 90d' },
    },
    {
      what: 'S01: a signing secret under 256 bits',
      sources: { env: { CAPSTAN_JWT_SECRET: 'x'.repeat(31) } },
      want: { where: 'CAPSTAN_JWT_SECRET', path: 'jwtSecret', got: 'another text' },
    },
  ])('$what', ({ sources, want }) => {
    const { problems, settings } = resolved(sources);
    expect(problems).toMatchObject([want]);
    expect(settings).toBeUndefined();
  });

  test('all of them at once', () => {
    const { problems } = resolved({
      flags: { port: -1 },
      env: { CAPSTAN_LOG_LEVEL: 'loud' },
      file: file({ hosst: 'a', tls: { cert: 1 } }),
    });
    expect(problems.length).toBeGreaterThanOrEqual(4);
  });

  test('and never with a secret', () => {
    const secret = 'canary-short-secret';
    const wrong = [
      resolved({ env: { CAPSTAN_JWT_SECRET: secret } }),
      resolved({ file: file({ jwtSecret: secret }) }),
      resolved({ file: file({ jwtSecrets: secret }) }),
      resolved({ file: file({ databaseUrl: [secret] }) }),
    ];
    for (const { problems } of wrong) {
      expect(problems.length).toBeGreaterThan(0);
      expect(JSON.stringify(problems)).not.toContain(secret);
    }
  });
});

test('what Kubernetes and the command line put into the environment is no problem', () => {
  const env = {
    CAPSTAN_PORT: 'tcp://10.0.0.1:7700',
    CAPSTAN_PORT_7700_TCP: 'tcp://10.0.0.1:7700',
    CAPSTAN_SERVICE_HOST: '10.0.0.1',
    CAPSTAN_SERVICE_PORT: '7700',
    CAPSTAN_SERVER: 'http://x',
    CAPSTAN_KEY_FILE: 'f',
    CAPSTAN_PROJECT: 'p',
    CAPSTAN_DEBUG: '1',
  };
  expect(resolved({ env })).toMatchObject({ problems: [], settings: { port: 7700 } });
});

test('S01: a signing secret of 256 bits is taken', () => {
  expect(resolved({ env: { CAPSTAN_JWT_SECRET: '0123456789abcdefghijklmnopqrstuv' } }).problems).toEqual([]);
});

test('every setting has a default, or says what stands without one', () => {
  const silent = leaves().filter((leaf) => DEFAULTS[leaf.name] === undefined && leaf.byDefault === undefined);
  expect(silent).toEqual([]);
});
