import { test as prop } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pace } from './pace.ts';

describe('the pace of a loop', () => {
  test.each([
    { name: 'a single short round waits for nothing', rounds: [10], want: 0 },
    { name: 'a few short rounds in a row wait for nothing', rounds: [10, 10, 10, 10], want: 0 },
    { name: 'a hundred in a row rest', rounds: Array<number>(100).fill(10), want: 500 },
    { name: 'a long round rests', rounds: [100], want: 200 },
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

  test('time pays the debt off', () => {
    const pace = new Pace(0);
    pace.spend(100, 100);
    expect([pace.rest(100), pace.rest(250), pace.rest(300), pace.rest(1000)]).toEqual([200, 50, 0, 0]);
  });

  prop.prop([fc.array(fc.integer({ min: 1, max: 125 }), { minLength: 200, maxLength: 200 })])(
    'a loop that is woken without end takes little more than a quarter of the time',
    (rounds) => {
      const pace = new Pace(0);
      let now = 0;
      for (const ms of rounds) {
        now += ms;
        pace.spend(ms, now);
        now += pace.rest(now);
      }
      const busy = rounds.reduce((sum, ms) => sum + ms, 0);
      expect(busy).toBeLessThanOrEqual((now + 700) / 4);
    },
  );
});
