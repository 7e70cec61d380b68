/**
 * Asks for every held-out digit, each as a task of its own, all at the same time, and says how many answers were
 * right and how fast they came.
 */
import { Client } from '@capstan/client';
import { PIXELS } from '../digits-ddp/data.mjs';
import { heldOutDigits } from './classifier.mjs';

const { count, pixels, labels } = heldOutDigits();
// Single submissions at the same time travel together.
const client = new Client({ coalesce: true });
const options = { queue: process.argv[2] ?? 'default', type: 'inference' };

const startedAt = performance.now();
const tasks = await Promise.all(
  Array.from({ length: count }, (_, i) => {
    const image = Array.from(pixels.subarray(i * PIXELS, (i + 1) * PIXELS));
    return client.submit('digits/classify', { image }, options);
  }),
);
const outcomes = await client.wait(tasks, { timeout: 120_000 });
const seconds = (performance.now() - startedAt) / 1000;
client.close();

const answers = outcomes.map(({ result }) => result);
const right = answers.filter((answer, i) => answer?.digit === labels[i]).length;
// A batch of n is told by n answers.
const batches = answers.reduce((sum, answer) => sum + 1 / (answer?.batch ?? 1), 0);
console.log(
  `${count} held-out digits in ${seconds.toFixed(2)} s: ${Math.round(count / seconds)} answers a second`,
);
console.log(`accuracy ${(right / count).toFixed(4)}, ${(count / batches).toFixed(1)} requests a batch`);
