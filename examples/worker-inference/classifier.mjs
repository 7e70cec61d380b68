/**
 * A small model of the handwritten digits, trained in a second when the worker starts, and kept warm. Worker and
 * submitter decide the same split from the same seed, so that nobody is asked about what it was trained on.
 */
import { CLASSES, loadDigits, PIXELS, shardOf, split } from '../digits-ddp/data.mjs';
import { Ring } from '../digits-ddp/ring.mjs';
import { freshState, stepsOf, train } from '../digits-ddp/training.mjs';

const ALONE = { rank: 0, world: 1 };
const SEED = 1;
export const HIDDEN = 32;
const HYPERPARAMETERS = {
  hidden: HIDDEN,
  seed: SEED,
  epochs: 30,
  batch: 64,
  learningRate: 0.1,
  momentum: 0.9,
};

/** The fifth that no model of this seed has seen. */
export function heldOutDigits() {
  return split(loadDigits(), SEED).heldOut;
}

/** @returns {Promise<Float32Array>} the weights */
export async function trainedWeights() {
  const { training } = split(loadDigits(), SEED);
  const state = freshState(HYPERPARAMETERS);
  await train({
    ring: new Ring(ALONE),
    shard: shardOf(training, ALONE),
    hyperparameters: HYPERPARAMETERS,
    steps: stepsOf(HYPERPARAMETERS, ALONE, training.count),
    state,
    onStep: () => {},
    stopAsked: () => false,
  });
  return state.weights;
}

/**
 * The digits that many images show, in one pass over the weights: that is what a batch is for.
 * @param {Float32Array} weights
 * @param {readonly (readonly number[])[]} images each 64 values in [0, 1]
 * @returns {number[]}
 * @throws {TypeError} when one of them is no such image
 */
export function classify(weights, images) {
  images.forEach(checkImage);
  const hidden = layer(weights, { inputs: images, from: PIXELS, to: HIDDEN, at: 0 });
  const active = hidden.map((values) => values.map((value) => Math.max(value, 0)));
  const logits = layer(weights, { inputs: active, from: HIDDEN, to: CLASSES, at: (PIXELS + 1) * HIDDEN });
  return logits.map((values) => values.indexOf(Math.max(...values)));
}

/** Each output unit's weights are read once, for all inputs. */
function layer(weights, { inputs, from, to, at }) {
  const outputs = inputs.map(() => new Float32Array(to));
  for (let unit = 0; unit < to; unit++) {
    const row = weights.subarray(at + unit * from, at + (unit + 1) * from);
    const bias = weights[at + to * from + unit];
    inputs.forEach((input, i) => {
      let sum = bias;
      for (let j = 0; j < from; j++) sum += row[j] * input[j];
      outputs[i][unit] = sum;
    });
  }
  return outputs;
}

/** @throws {TypeError} */
export function checkImage(image) {
  const fits = Array.isArray(image) && image.length === PIXELS;
  if (!fits || !image.every((value) => typeof value === 'number' && value >= 0 && value <= 1)) {
    throw new TypeError(`an image is ${PIXELS} numbers from 0 to 1`);
  }
}
