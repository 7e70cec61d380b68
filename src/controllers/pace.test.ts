import { test as prop } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pace, WAITING } from './pace.ts';

describe('the pace of a loop', () => {
  test.each([
    { name: 'a single short round waits for nothing', rounds: [10], want: 0 },
    { name: 'twenty short rounds in a row wait for nothing', rounds: Array<number>(20).fill(10), want: 0 },
    { name: 'a thousand in a row rest', rounds: Array<number>(1000).fill(10), want: 500 },
    { name: 'a long round rests', rounds: [100], want: 220 },
    { name: 'a very long round rests no longer than half a second', rounds: [60_000], want: 500 },
  ])('$name', ({ rounds, want }) => {
    const pace = new Pace(0);
    let now = 0;
    for (const ms of rounds) {
      now += ms;
      pace.spend(ms, now);
    }
    expect(pace.rest(now)).toBe(want);
  });

  test('rounds that wait for others, of whatever length, rest a tenth of their time', () => {
    const pace = new Pace(0, WAITING);
    let now = 0;
    for (let round = 0; round < 200; round += 1) {
      now += 50;
      pace.spend(50, now);
      now += pace.rest(now);
    }
    expect(200 * 50).toBeGreaterThan(now * 0.9);
    expect(now).toBeGreaterThan(200 * 50);
  });

  test('time pays the debt off', () => {
    const pace = new Pace(0);
    pace.spend(100, 100);
    expect([pace.rest(100), pace.rest(250), pace.rest(320), pace.rest(1000)]).toEqual([220, 70, 0, 0]);
  });

  prop.prop([fc.array(fc.integer({ min: 1, max: 130 }), { minLength: 200, maxLength: 200 })])(
    'a loop that is woken without end takes little more than half of the time',
    (rounds) => {
      expect(shareOf(rounds)).toBeLessThanOrEqual(1 / 2);
    },
  );

  prop.prop([fc.array(fc.integer({ min: 60, max: 130 }), { minLength: 200, maxLength: 200 })])(
    'of long rounds little more than a quarter',
    (rounds) => {
      expect(shareOf(rounds)).toBeLessThanOrEqual(1 / 4);
    },
  );
});

/** Which share of the time the rounds take, but for what is free. */
function shareOf(rounds: readonly number[]): number {
  const pace = new Pace(0);
  let now = 0;
  for (const ms of rounds) {
    now += ms;
    pace.spend(ms, now);
    now += pace.rest(now);
  }
  const busy = rounds.reduce((sum, ms) => sum + ms, 0);
  return busy / (now + 800);
}
