import { describe, expect, test } from 'vitest';
import { Remembered } from './remembered.ts';
import { SlidingSum } from './sliding-sum.ts';

describe('what is remembered', () => {
  test('is bounded: what was written longest ago goes first, and is answered', () => {
    const map = new Remembered<number>(2);
    expect([map.set('a', 1), map.set('b', 2), map.set('a', 3)]).toEqual([undefined, undefined, undefined]);
    expect(map.set('c', 4)).toBe(2);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([3, undefined, 4]);
  });
});

describe('a sum over a window of an hour', () => {
  const HOUR = 3_600_000;

  test('has what lies in it, and nothing of before', () => {
    const sum = new SlidingSum(HOUR);
    sum.add('a', 0, 5);
    expect(sum.add('a', HOUR - 1, 2)).toBe(7);
    expect(sum.of('a', HOUR + 60_000)).toBe(2);
    expect(sum.of('b', HOUR)).toBe(0);
  });

  test('counts what comes every second as exactly as a minute of it allows', () => {
    const sum = new SlidingSum(HOUR);
    let last = 0;
    for (let at = 0; at < 3 * HOUR; at += 1000) last = sum.add('a', at, 1);
    expect(last).toBeGreaterThanOrEqual(3600);
    expect(last).toBeLessThanOrEqual(3660);
  });
});
