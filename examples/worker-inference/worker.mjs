/** Serves `digits/classify`: requests are gathered into batches of up to 32, or of what came within 5 ms. */
import { batch, NonRetryable, Worker } from '@capstan/client';
import { checkImage, classify, trainedWeights } from './classifier.mjs';

const weights = await trainedWeights();

const worker = new Worker({
  handlers: { 'digits/classify': batch(answerAll, { size: 32, within: 5 }) },
  queues: (process.argv[2] ?? 'default').split(','),
  concurrency: 128,
  log: (_, message) => console.error(message),
});
await worker.run();

/** One answer for each: a request that is wrong fails alone, for good, and its neighbours are answered. */
function answerAll(tasks) {
  const refusals = tasks.map(({ payload }) => refusalOf(payload?.image));
  const images = tasks.flatMap(({ payload }, i) => (refusals[i] ? [] : [payload.image]));
  const digits = classify(weights, images);
  return refusals.map((refusal) => refusal ?? { digit: digits.shift(), batch: tasks.length });
}

function refusalOf(image) {
  try {
    checkImage(image);
    return undefined;
  } catch (error) {
    return new NonRetryable(error.message);
  }
}
