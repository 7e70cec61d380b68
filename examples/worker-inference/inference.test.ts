/** The classifier against the training's own accuracy, and the example as its README has it. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Client } from '../../clients/typescript/src/index.ts';
import { accuracy } from '../digits-ddp/model.mjs';
import { Scene } from '../testing/with-workers.ts';
import { classify, HIDDEN, heldOutDigits, trainedWeights } from './classifier.mjs';

const here = (name: string) => join(import.meta.dirname, name);
const { count, pixels, labels } = heldOutDigits();
const images = Array.from({ length: count }, (_, i) => Array.from(pixels.subarray(i * 64, (i + 1) * 64)));

describe('the classifier', () => {
  test('answers a batch as the training judges the model, and is right in 95 of 100', async () => {
    const weights = await trainedWeights();
    const right = classify(weights, images).filter((digit, i) => digit === labels[i]).length;
    expect(right / count).toBe(accuracy(weights, HIDDEN, heldOutDigits()));
    expect(right / count).toBeGreaterThan(0.95);
  }, 60_000);

  test.each([
    { what: 'no list', image: 'x' },
    { what: 'too short', image: [1] },
    { what: 'too bright', image: Array.from({ length: 64 }, () => 16) },
    { what: 'no numbers', image: Array.from({ length: 64 }, () => null) },
  ])('refuses an image that is $what', async ({ image }) => {
    expect(() => classify(new Float32Array(0), [image as number[]])).toThrow('an image is 64 numbers');
  });
});

describe('the example', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.set();
  });
  afterAll(() => scene.end());

  test('answers every held-out digit in batches, fails a wrong request alone, and drains', async () => {
    await scene.startWorker(here('worker.mjs'));
    const said = await scene.run(here('submit.mjs'));
    const [, right = '', batch = ''] = /accuracy (0\.\d+), (\d+\.\d) requests a batch/.exec(said) ?? [];
    expect(Number(right), said).toBeGreaterThan(0.95);
    expect(Number(batch), said).toBeGreaterThan(1.5);
    const client = new Client({
      server: scene.product.address,
      keyFile: join(scene.product.data, 'admin.key'),
    });
    const wrong = client.submitAndWait('digits/classify', { image: [1] });
    await expect(wrong).rejects.toMatchObject({ error: { message: 'an image is 64 numbers from 0 to 1' } });
    client.close();
    expect(await scene.endWorkers()).toEqual([0]);
  }, 90_000);
});
