import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

describe('a bucket', () => {
  test('grants its burst at once, and then as many a second as it is refilled', () => {
    const buckets = new TokenBuckets({ perSecond: 2, burst: 3 });
    const granted = (now: number) => buckets.take('a', now).granted;
    expect([0, 0, 0, 0].map(granted)).toEqual([true, true, true, false]);
    expect([499, 500, 500, 1000].map(granted)).toEqual([false, true, false, true]);
  });

  test('says what is left, when it is full again and when to come again', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 2 });
    expect(buckets.take('a', 0)).toEqual({ granted: true, left: 1, fullIn: 1, nextIn: 0 });
    expect(buckets.take('a', 0)).toEqual({ granted: true, left: 0, fullIn: 2, nextIn: 1 });
    expect(buckets.take('a', 0)).toEqual({ granted: false, left: 0, fullIn: 2, nextIn: 1 });
  });

  test('is one for each key', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
    expect(['a', 'b', 'a'].map((key) => buckets.take(key, 0).granted)).toEqual([true, true, false]);
  });

  test('is not made by a look', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
    expect(buckets.look('a', 0).granted).toBe(true);
    expect(buckets.size).toBe(0);
  });

  test('takes a new shape at once', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 100 });
    buckets.take('a', 0);
    buckets.reshape({ perSecond: 1, burst: 1 });
    expect([0, 0].map((now) => buckets.take('a', now).granted)).toEqual([true, false]);
  });
});

describe('the table of buckets', () => {
  test('is bounded, whoever comes', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, 100);
    for (let caller = 0; caller < 10_000; caller += 1) buckets.take(`caller ${caller}`, caller);
    expect(buckets.size).toBe(100);
  });

  test('makes room by buckets that are full again, not by one that is empty', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, 2);
    buckets.take('early', 0);
    buckets.take('busy', 9_000);
    buckets.take('busy', 9_000);
    buckets.take('new', 9_500);
    expect(buckets.take('busy', 9_500).granted).toBe(false);
  });
});

property.prop([
  fc.integer({ min: 1, max: 50 }),
  fc.integer({ min: 1, max: 50 }),
  fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }),
])('never grants more than the burst and what was refilled since', (perSecond, burst, gaps) => {
  const buckets = new TokenBuckets({ perSecond, burst });
  let now = 0;
  let granted = 0;
  for (const gap of gaps) {
    now += gap;
    if (buckets.take('a', now).granted) granted += 1;
  }
  expect(granted).toBeLessThanOrEqual(burst + Math.ceil((now * perSecond) / 1000));
});
