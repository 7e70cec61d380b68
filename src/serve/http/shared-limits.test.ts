import { describe, expect, test } from 'vitest';
import type { SharedBuckets, Standing } from '../../ports/shared-buckets.ts';
import { CallLimiter } from './call-limiter.ts';
import { DEFAULT_OPTIONS } from './options.ts';

const LIMITS = {
  ...DEFAULT_OPTIONS.limits,
  writesPerSecond: 1,
  writeBurst: 2,
  failuresPerSecond: 1,
  failureBurst: 2,
};

/** Buckets of all replicas that answer as they are told to. */
function answering(answer: Partial<Standing> | undefined) {
  const asked: string[] = [];
  const shared: SharedBuckets = {
    take: async ({ kind, owner }) => {
      asked.push(`${kind} ${owner}`);
      return answer && { granted: true, left: 1, fullIn: 1, nextIn: 0, ...answer };
    },
    close: async () => undefined,
  };
  return {
    asked,
    limiter: new CallLimiter({ ...DEFAULT_OPTIONS, limits: LIMITS }, { shared, now: () => 0 }),
  };
}

const REFUSED = { granted: false, left: 0, nextIn: 7 };

describe('limits that replicas share', () => {
  test('decide, and are what the answer tells', async () => {
    const { limiter } = answering(REFUSED);
    const { left, refused } = await limiter.take('ada', 'writes');
    expect(left).toBe('"writes";r=0;t=1');
    expect(refused).toMatchObject({ code: 'limit.rate', status: 429 });
  });

  test('are not asked for what this replica alone refuses', async () => {
    const { limiter, asked } = answering({});
    for (let turn = 0; turn < 5; turn += 1) await limiter.take('ada', 'writes');
    expect(asked).toEqual(['writes ada', 'writes ada']);
    expect((await limiter.take('ada', 'writes')).refused).toMatchObject({ code: 'limit.rate' });
  });

  test('leave each replica with its own when nobody can be asked', async () => {
    const { limiter } = answering(undefined);
    const outcomes = [];
    for (let turn = 0; turn < 3; turn += 1)
      outcomes.push((await limiter.take('ada', 'writes')).refused?.code);
    expect(outcomes).toEqual([undefined, undefined, 'limit.rate']);
  });

  test('bar an address that failed too often elsewhere from its next request on', async () => {
    const { limiter } = answering(REFUSED);
    expect(() => limiter.checkFailures('10.0.0.1')).not.toThrow();
    limiter.failed('10.0.0.1');
    await Promise.resolve().then(() => undefined);
    await expect(limiter.attempt('10.0.0.1')).rejects.toMatchObject({ code: 'limit.rate' });
    expect(() => limiter.checkFailures('10.0.0.1')).toThrow(/too many|limit/i);
    expect(() => limiter.checkFailures('10.0.0.2')).not.toThrow();
  });
});
