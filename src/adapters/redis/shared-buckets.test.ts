import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BucketShape, SharedBuckets, Standing } from '../../ports/shared-buckets.ts';
import { selfSigned } from '../../serve/http/testing/self-signed.ts';
import { createSharedBuckets, type RedisState, type SharedBucketsOptions } from './shared-buckets.ts';
import { RedisServer, whyNoRedis } from './testing/redis-server.ts';

const missing = whyNoRedis();
if (missing) console.warn(`skipped: ${missing}`);

const SECRET = Buffer.from('of an installation');
/** So slow that nothing is refilled while a test runs. */
const SLOW: BucketShape = { perSecond: 0.001, burst: 10 };
const bucket = { kind: 'writes', owner: 'key-of-ada' };

let redis: RedisServer;
const opened: SharedBuckets[] = [];
const states: RedisState[] = [];
beforeEach(async () => {
  if (!missing) redis = await RedisServer.start();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((buckets) => buckets.close()));
  states.length = 0;
  await redis?.[Symbol.asyncDispose]();
});

async function open(more: Partial<SharedBucketsOptions> = {}): Promise<SharedBuckets> {
  const buckets = await createSharedBuckets({
    url: redis.url,
    secret: SECRET,
    onChange: (state) => states.push(state),
    ...more,
  });
  opened.push(buckets);
  return buckets;
}

const granted = (all: readonly (Standing | undefined)[]) =>
  all.filter((standing) => standing?.granted).length;

describe.skipIf(missing !== undefined)('two replicas', { timeout: 30_000 }, () => {
  test('share one budget: of many takes at once exactly the burst is granted', async () => {
    const [one, other] = [await open(), await open()];
    const shape = { ...SLOW, burst: 50 };
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, at) => (at % 2 ? one : other).take(bucket, shape)),
    );
    expect(granted(all)).toBe(50);
    expect(all.every((standing) => standing !== undefined)).toBe(true);
  });

  test('are told what is left, when there is one again, and when it is full', async () => {
    const [one, other] = [await open(), await open()];
    const shape = { perSecond: 0.01, burst: 2 };
    expect(await one.take(bucket, shape)).toEqual({ granted: true, left: 1, fullIn: 100, nextIn: 0 });
    expect(await other.take(bucket, shape)).toMatchObject({ granted: true, left: 0 });
    const refused = await one.take(bucket, shape);
    expect(refused).toMatchObject({ granted: false, left: 0 });
    expect(refused?.nextIn).toBeGreaterThan(90);
  });

  test('get tokens again as time goes by', async () => {
    const buckets = await open();
    const shape = { perSecond: 20, burst: 1 };
    expect(await buckets.take(bucket, shape)).toMatchObject({ granted: true });
    await vi.waitFor(async () => expect(await buckets.take(bucket, shape)).toMatchObject({ granted: true }), {
      timeout: 5000,
      interval: 5,
    });
  });

  test('have a bucket for each owner, kind and installation, and tell Redis neither of them', async () => {
    const [one, other] = [await open(), await open({ secret: Buffer.from('of another') })];
    const shape = { ...SLOW, burst: 1 };
    const all = [
      await one.take(bucket, shape),
      await one.take({ ...bucket, kind: 'reads' }, shape),
      await one.take({ ...bucket, owner: 'key-of-bo' }, shape),
      await other.take(bucket, shape),
    ];
    expect(granted(all)).toBe(4);
    const keys = redis.ask('KEYS', '*').trim().split('\n');
    expect(keys).toHaveLength(4);
    expect(keys.join()).not.toMatch(/ada|bo|writes|reads/);
    expect(Number(redis.ask('PTTL', keys[0] ?? ''))).toBeGreaterThan(0);
  });
});

describe.skipIf(missing !== undefined)('a Redis that goes away', { timeout: 30_000 }, () => {
  test('is said once, is not waited for, and is used again when it is back', async () => {
    const buckets = await open();
    expect(await buckets.take(bucket, SLOW)).toMatchObject({ left: 9 });
    await redis.kill();
    const began = performance.now();
    for (let at = 0; at < 50; at += 1) expect(await buckets.take(bucket, SLOW)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(1000);
    await redis.start();
    await vi.waitFor(async () => expect(await buckets.take(bucket, SLOW)).toBeDefined(), {
      timeout: 10_000,
      interval: 20,
    });
    expect(states.map(({ up }) => up)).toEqual([true, false, true]);
  });

  test('keeps a request for a quarter of a second at most when it hangs, and the next ones not at all', async () => {
    const buckets = await open();
    await buckets.take(bucket, SLOW);
    redis.signal('SIGSTOP');
    try {
      const began = performance.now();
      expect(await buckets.take(bucket, SLOW)).toBeUndefined();
      const first = performance.now() - began;
      for (let at = 0; at < 100; at += 1) expect(await buckets.take(bucket, SLOW)).toBeUndefined();
      expect(first).toBeLessThan(900);
      expect(performance.now() - began - first).toBeLessThan(first + 500);
    } finally {
      redis.signal('SIGCONT');
    }
    await vi.waitFor(async () => expect(await buckets.take(bucket, SLOW)).toBeDefined(), {
      timeout: 10_000,
      interval: 20,
    });
  });

  test('before the start is no reason not to start', async () => {
    await redis.kill();
    const buckets = await open();
    expect(await buckets.take(bucket, SLOW)).toBeUndefined();
    expect(states.map(({ up }) => up)).toEqual([false]);
  });
});

describe.skipIf(missing !== undefined)('S19: a Redis with a password', { timeout: 30_000 }, () => {
  const password = 'x7Qm2-canary-of-redis';

  test.each([
    { what: 'the right one', credentials: `:${password}@`, want: undefined },
    { what: 'a wrong one', credentials: ':other-canary@', want: 'Refused' },
    { what: 'none', credentials: '', want: 'Refused' },
  ])('and a URL with $what', async ({ credentials, want }) => {
    await using locked = await RedisServer.start({ password });
    const opening = open({ url: locked.url.replace('//', `//${credentials}`) });
    const outcome = await opening.then(
      (buckets) => buckets.take(bucket, SLOW).then((standing) => standing?.granted),
      (error: { code: string; message: string }) => error,
    );
    if (want === undefined) expect(outcome).toBe(true);
    else expect(outcome).toMatchObject({ code: want, message: expect.not.stringContaining('canary') });
  });

  test('and a server that asks nobody for it is refused', async () => {
    const opening = open({ url: redis.url.replace('//', `//:${password}@`) });
    await expect(opening).rejects.toMatchObject({
      code: 'Unsafe',
      message: expect.stringMatching(/asks nobody for a password/),
    });
  });

  test('is spoken to by TLS when its certificate is known, and not when it is not', async () => {
    const pair = selfSigned();
    await using server = await RedisServer.start({ password, tls: pair });
    const url = server.url.replace('//', `//:${password}@`);
    const known = await open({ url, ca: pair.cert });
    expect(await known.take(bucket, SLOW)).toMatchObject({ left: 9 });
    const unknown = await open({ url });
    expect(await unknown.take(bucket, SLOW)).toBeUndefined();
    expect(states.map(({ up }) => up)).toEqual([true, false]);
  });
});
