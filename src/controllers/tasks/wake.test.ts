import { expect, test } from 'vitest';
import { wakeRound } from './wake.ts';

test('a look at delays comes each second, sooner while some end, at once while there are more', async () => {
  let now = 0;
  const counts = [0, 3, 0, 5000, 0, 0];
  const tasks = { wake: async () => ({ count: counts.shift() ?? 0, queues: [] }) } as never;
  const round = wakeRound({ tasks, clock: { now: () => now } });
  const next: number[] = [];
  for (const at of [0, 1000, 1250, 1500, 1500, 7000]) {
    now = at;
    next.push(await round());
  }
  expect(next).toEqual([1000, 250, 250, 0, 250, 1000]);
});
