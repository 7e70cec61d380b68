/**
 * The model: 64 pixels → hidden layer (ReLU) → 10 digits (softmax, cross-entropy), by hand.
 * All parameters lie in one Float32Array, because that is what the members add up, save and hash.
 */
import { createHash } from 'node:crypto';
import { CLASSES, PIXELS } from './data.mjs';
import { randomOf } from './random.mjs';

const FORMAT = 'digits-mlp/1';

/** The numbers of parameters of a model with this many hidden units. */
export function parameterCount(hidden) {
  return (PIXELS + 1) * hidden + (hidden + 1) * CLASSES;
}

/**
 * Fresh weights, uniform after He et al. 2015; biases 0. Equal on every member by the seed.
 * @param {number} hidden
 * @param {number} seed
 */
export function initialWeights(hidden, seed) {
  const weights = new Float32Array(parameterCount(hidden));
  const random = randomOf(seed, 0x317);
  const { w1, w2 } = layersOf(weights, hidden);
  fillUniform(w1, Math.sqrt(6 / PIXELS), random);
  fillUniform(w2, Math.sqrt(6 / hidden), random);
  return weights;
}

/** SHA-256 of the weights' bytes: equal only if every bit is. */
export function weightsDigest(weights) {
  return createHash('sha256')
    .update(new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength))
    .digest('hex');
}

/**
 * Adds up the gradient over some examples: the caller divides by their number once all members'
 * sums are together.
 * @param {Float32Array} weights
 * @param {number} hidden
 * @param {import('./data.mjs').Examples} examples
 * @param {Float32Array} gradient      is overwritten; as long as the weights
 * @returns {{ loss: number, correct: number }} sums over the examples
 */
export function sumGradient(weights, hidden, examples, gradient) {
  gradient.fill(0);
  const layers = layersOf(weights, hidden);
  const slopes = layersOf(gradient, hidden);
  let loss = 0;
  let correct = 0;
  for (let i = 0; i < examples.count; i++) {
    const input = examples.pixels.subarray(i * PIXELS, (i + 1) * PIXELS);
    const label = examples.labels[i];
    const { activation, probability } = forward(layers, hidden, input);
    loss -= Math.log(Math.max(probability[label], 1e-12));
    if (indexOfLargest(probability) === label) correct++;
    probability[label] -= 1; // now the gradient of the loss by the logits
    backward({ layers, slopes, hidden, input, activation, byLogit: probability });
  }
  return { loss, correct };
}

/**
 * SGD with momentum, in place. Only additions and multiplications of equal numbers: members that
 * start equal stay equal to the bit.
 */
export function applyGradient(weights, velocity, gradient, { learningRate, momentum }) {
  for (let i = 0; i < weights.length; i++) {
    velocity[i] = momentum * velocity[i] - learningRate * gradient[i];
    weights[i] += velocity[i];
  }
}

/**
 * The share of examples that the model gets right.
 * @param {import('./data.mjs').Examples} examples
 */
export function accuracy(weights, hidden, examples) {
  const layers = layersOf(weights, hidden);
  let correct = 0;
  for (let i = 0; i < examples.count; i++) {
    const input = examples.pixels.subarray(i * PIXELS, (i + 1) * PIXELS);
    if (indexOfLargest(forward(layers, hidden, input).probability) === examples.labels[i]) correct++;
  }
  return correct / examples.count;
}

/** The model as JSON text. Nine digits give back every float32 exactly. */
export function serializeModel(weights, hidden, facts = {}) {
  const exact = Array.from(weights, (value) => Number(value.toPrecision(9)));
  const layers = layersOf(exact, hidden);
  return `${JSON.stringify({ format: FORMAT, pixels: PIXELS, hidden, classes: CLASSES, ...facts, ...layers })}\n`;
}

/** @throws {Error} when the text is not such a model. */
export function parseModel(text) {
  const model = JSON.parse(text);
  if (model.format !== FORMAT) throw new Error(`not a ${FORMAT} model: format is ${model.format}`);
  const weights = Float32Array.from([model.w1, model.b1, model.w2, model.b2].flat());
  if (weights.length !== parameterCount(model.hidden)) {
    throw new Error(`the model has ${weights.length} parameters, not ${parameterCount(model.hidden)}`);
  }
  return { weights, hidden: model.hidden, seed: model.seed };
}

/** The parameters by layer: views of a typed array, parts of a plain one. */
function layersOf(parameters, hidden) {
  const part = (from, to) =>
    ArrayBuffer.isView(parameters) ? parameters.subarray(from, to) : parameters.slice(from, to);
  const b1 = PIXELS * hidden;
  const w2 = b1 + hidden;
  const b2 = w2 + hidden * CLASSES;
  return { w1: part(0, b1), b1: part(b1, w2), w2: part(w2, b2), b2: part(b2, b2 + CLASSES) };
}

function fillUniform(values, bound, random) {
  for (let i = 0; i < values.length; i++) values[i] = (2 * random() - 1) * bound;
}

function forward({ w1, b1, w2, b2 }, hidden, input) {
  const activation = new Float32Array(hidden);
  for (let h = 0; h < hidden; h++) {
    let sum = b1[h];
    for (let p = 0; p < PIXELS; p++) sum += w1[h * PIXELS + p] * input[p];
    activation[h] = Math.max(sum, 0);
  }
  const logits = new Float32Array(CLASSES);
  for (let c = 0; c < CLASSES; c++) {
    let sum = b2[c];
    for (let h = 0; h < hidden; h++) sum += w2[c * hidden + h] * activation[h];
    logits[c] = sum;
  }
  return { activation, probability: softmax(logits) };
}

/** Adds one example's gradient to `slopes`. */
function backward({ layers, slopes, hidden, input, activation, byLogit }) {
  for (let h = 0; h < hidden; h++) {
    let byActivation = 0;
    for (let c = 0; c < CLASSES; c++) {
      slopes.w2[c * hidden + h] += byLogit[c] * activation[h];
      byActivation += byLogit[c] * layers.w2[c * hidden + h];
    }
    if (activation[h] === 0) continue;
    slopes.b1[h] += byActivation;
    for (let p = 0; p < PIXELS; p++) slopes.w1[h * PIXELS + p] += byActivation * input[p];
  }
  for (let c = 0; c < CLASSES; c++) slopes.b2[c] += byLogit[c];
}

/** In place; the largest logit is subtracted first so that no exponential overflows. */
function softmax(logits) {
  const largest = Math.max(...logits);
  let sum = 0;
  for (let c = 0; c < logits.length; c++) {
    logits[c] = Math.exp(logits[c] - largest);
    sum += logits[c];
  }
  for (let c = 0; c < logits.length; c++) logits[c] /= sum;
  return logits;
}

function indexOfLargest(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
