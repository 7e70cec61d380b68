import { expect, test } from 'vitest';
import { spoken } from './spoken.ts';

test.each([
  { ms: -5, want: '0 ms' },
  { ms: 41.4, want: '41 ms' },
  { ms: 1000, want: '1 s' },
  { ms: 8_240, want: '8.2 s' },
  { ms: 303_000, want: '5 min 3 s' },
  { ms: 1_800_000, want: '30 min' },
  { ms: 7_800_000, want: '2 h 10 min' },
])('$ms ms is said as $want', ({ ms, want }) => {
  expect(spoken(ms)).toBe(want);
});
