import { expect, test } from 'vitest';
import { systemChance } from './system.ts';

test('ids of one millisecond are all different, and sort in the order in which they were made', () => {
  const made = [7, 7, 8].flatMap((now) => Array.from({ length: 5000 }, () => systemChance.uid(now)));
  expect(new Set(made).size).toBe(made.length);
  expect(made.toSorted()).toEqual(made);
});

test('ids of a clock that was set back are different still', () => {
  const made = [9, 8, 9, 8].map((now) => systemChance.uid(now));
  expect(new Set(made).size).toBe(4);
});
