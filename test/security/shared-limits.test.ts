/** S19 on the running product: replicas share a limit in Redis, go on without it, and refuse an unsafe one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer, whyNoRedis } from '../../src/adapters/redis/testing/redis-server.ts';
import { type OwnDatabase, type OwnServer, ownDatabase, ownServer } from '../product/own-database.ts';
import { until } from '../product/product.ts';
import { run, Scratch } from './running.ts';

const missing = whyNoRedis();
if (missing) console.warn(`skipped: ${missing}`);

const PASSWORD = 'x7Qm2-canary-of-redis';

describe('S19: an unsafe Redis keeps the server from starting', () => {
  test.each([
    { what: 'plain text off loopback', url: `redis://:${PASSWORD}@redis.example`, want: /has no TLS/ },
    { what: 'no password off loopback', url: 'rediss://redis.example', want: /has no password/ },
    {
      what: 'a password that everybody knows',
      url: 'rediss://:foobared@redis.example',
      want: /everybody knows/,
    },
    { what: 'another scheme', url: `https://:${PASSWORD}@redis.example`, want: /is no Redis URL/ },
  ])('$what', async ({ url, want }) => {
    using at = new Scratch();
    const { code, stdout, stderr } = await run(at.dir, {
      args: ['server', '--data', at.path('data'), '--port', '0'],
      env: { CAPSTAN_REDIS_URL: url, CAPSTAN_DATABASE_URL: 'postgres://u@127.0.0.1:9/c' },
    });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(want);
    expect(stderr + stdout).not.toContain('canary');
  });
});

describe.skipIf(missing !== undefined)('two servers with one Redis', { timeout: 60_000 }, () => {
  const BURST = 20;
  let redis: RedisServer;
  let database: OwnDatabase;
  let servers: readonly OwnServer[];
  beforeAll(async () => {
    redis = await RedisServer.start({ password: PASSWORD });
    database = await ownDatabase();
    const env = {
      CAPSTAN_REDIS_URL: redis.url.replace('//', `//:${PASSWORD}@`),
      CAPSTAN_LIMITS_WRITES_PER_SECOND: '1',
      CAPSTAN_LIMITS_WRITE_BURST: String(BURST),
    };
    const first = await ownServer(database.url, env);
    servers = [first, await ownServer(database.url, env, first)];
  }, 60_000);
  afterAll(async () => {
    for (const server of servers ?? []) await server[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  /** Refused for what it says, which still counts as a change. */
  const change = (at: number) => servers[at % 2]!.request('POST', '/jobs', {});
  const metric = async () =>
    /^rate_limits_shared (\d)$/m.exec(
      await (
        await fetch(`${servers[0]!.address}/metrics`, {
          headers: { authorization: `Bearer ${servers[0]!.key}` },
        })
      ).text(),
    )?.[1];

  test('take one budget from a key, whichever of them it asks', async () => {
    const began = performance.now();
    const statuses: number[] = [];
    for (let at = 0; at < 3 * BURST; at += 1) statuses.push((await change(at)).status);
    const refilled = Math.ceil((performance.now() - began) / 1000);
    const taken = statuses.filter((status) => status !== 429).length;
    expect(servers.map((server) => server.output()).join('')).not.toMatch(/Redis does not answer/);
    expect(taken).toBeGreaterThanOrEqual(BURST);
    expect(taken).toBeLessThanOrEqual(BURST + refilled);
    expect(await metric()).toBe('1');
  });

  test('go on by themselves when it is killed, say so, and share again when it is back', async () => {
    await redis.kill();
    const reads = await Promise.all(
      Array.from({ length: 20 }, (_, at) => servers[at % 2]!.request('GET', '/jobs')),
    );
    expect(reads.map(({ status }) => status)).toEqual(reads.map(() => 200));
    await until('the metric says so', async () => (await metric()) === '0');
    await redis.start();
    await until('the metric says that it is back', async () => {
      await servers[0]!.request('GET', '/jobs');
      return (await metric()) === '1';
    });
    const output = servers.map((server) => server.output()).join('');
    expect(output).toMatch(/Redis does not answer: this replica limits by itself until it does/);
    expect(output).not.toContain(PASSWORD);
  });
});
