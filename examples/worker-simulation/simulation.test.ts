/** The simulation against theory, and the example: the same bits, whoever computed them. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Scene } from '../testing/with-workers.ts';
import { expectedWait, meanWait, reduced } from './queueing.mjs';

const here = (name: string) => join(import.meta.dirname, name);

describe('the simulation', () => {
  test.each([
    { servers: 1, load: 0.5 },
    { servers: 1, load: 0.8 },
    { servers: 4, load: 0.8 },
  ])('of $servers servers under the load $load agrees with theory', ({ servers, load }) => {
    const queueing = { servers, load, customers: 20_000 };
    const { mean, error } = reduced(
      Array.from({ length: 20 }, (_, seed) => meanWait(queueing, seed) as number),
    );
    expect(Math.abs(mean - expectedWait(queueing))).toBeLessThan(4 * error);
  });

  test.each([
    { servers: 1, load: 0.5, want: 1 },
    { servers: 2, load: 0.5, want: 1 / 3 },
  ])('has a theory that textbooks agree with: $servers servers, load $load', ({ want, ...queueing }) => {
    expect(expectedWait({ ...queueing, customers: 1 })).toBeCloseTo(want, 12);
  });

  test('ends when it is asked to', () => {
    expect(
      meanWait({ servers: 1, load: 0.5, customers: 1e9 }, 1, { keepOn: (share) => share === 0 }),
    ).toBeUndefined();
  });
});

describe('the example', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.set();
  });
  afterAll(() => scene.end());

  test('gives the same bits by one worker, by two, and when one of two is killed', async () => {
    const args = ['--replicas', '12', '--customers', '20000', '--load', '0.7'];
    const bits = (said: string) => /bits ([0-9a-f]{64})/.exec(said)?.[1];
    const waits = Array.from({ length: 12 }, (_, seed) =>
      meanWait({ servers: 4, load: 0.7, customers: 20_000 }, seed),
    );
    const want = reduced(waits as number[]).digest;
    await scene.startWorker(here('worker.mjs'));
    expect(bits(await scene.run(here('submit.mjs'), args))).toBe(want);
    const second = await scene.startWorker(here('worker.mjs'));
    expect(bits(await scene.run(here('submit.mjs'), args))).toBe(want);
    const running = scene.run(here('submit.mjs'), args);
    second.kill('SIGKILL');
    expect(bits(await running)).toBe(want);
  }, 90_000);
});
