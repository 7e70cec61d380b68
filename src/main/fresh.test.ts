import { expect, test } from 'vitest';
import { Fresh } from './fresh.ts';

function counting(limit = 10) {
  const loaded: string[] = [];
  const clock = { now: 0 };
  const answers = new Map<string, string>([
    ['a', 'A'],
    ['b', 'B'],
    ['c', 'C'],
  ]);
  const fresh = new Fresh({
    load: async (key) => {
      loaded.push(key);
      if (key === 'broken') throw new Error('no store');
      return answers.get(key);
    },
    maxAge: 1000,
    limit,
    ticks: () => clock.now,
  });
  return { fresh, loaded, clock, answers };
}

test('asks once within the age, and again after it', async () => {
  const { fresh, loaded, clock } = counting();
  await fresh.get('a');
  clock.now = 999;
  await fresh.get('a');
  expect(loaded).toEqual(['a']);
  clock.now = 1000;
  await fresh.get('a');
  expect(loaded).toEqual(['a', 'a']);
});

test('a change is seen at once after a signal, also when its loading had begun before', async () => {
  const { fresh, answers } = counting();
  const before = fresh.get('a');
  fresh.clear();
  answers.set('a', 'changed');
  await before;
  expect(await fresh.get('a')).toBe('changed');
});

test('what is not there or failed is asked for again', async () => {
  const { fresh, loaded } = counting();
  expect(await fresh.get('none')).toBeUndefined();
  await fresh.get('none');
  await expect(fresh.get('broken')).rejects.toThrow('no store');
  await expect(fresh.get('broken')).rejects.toThrow('no store');
  expect(loaded).toEqual(['none', 'none', 'broken', 'broken']);
});

test('keeps no more than its limit', async () => {
  const { fresh, loaded } = counting(2);
  for (const key of ['a', 'b', 'c', 'a']) await fresh.get(key);
  expect(loaded).toEqual(['a', 'b', 'c', 'a']);
});
