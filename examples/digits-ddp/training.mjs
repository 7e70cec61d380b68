/**
 * The training itself: steps that all members make together. It is the same for a gang of four
 * and for one member alone (the sweep uses it so).
 *
 * The order of a member's examples follows from (seed, epoch, rank) and a step's number alone, so
 * a run that resumes at a step goes on exactly as the one that was interrupted would have.
 */
import { moved, pick } from './data.mjs';
import { applyGradient, initialWeights, parameterCount, sumGradient } from './model.mjs';
import { randomOf, shuffled } from './random.mjs';

/** What travels behind the gradient in the same vector: sums over all members. */
const EXTRAS = 4;
const LOSS = 0;
const CORRECT = 1;
const EXAMPLES = 2;
const STOP = 3;

/**
 * @param {{ hidden: number, seed: number }} hyperparameters
 * @returns {import('./checkpoint.mjs').State}
 */
export function freshState({ hidden, seed }) {
  const weights = initialWeights(hidden, seed);
  return { step: 0, weights, velocity: new Float32Array(weights.length) };
}

/**
 * How many steps a run has, and how many examples of its own a member takes in each. The batch is
 * the whole gang's, so that the learning rate suits a gang of any size.
 * @param {{ epochs: number, batch: number }} hyperparameters
 * @param {{ world: number }} gang
 * @param {number} examples in all shards together
 */
export function stepsOf({ epochs, batch }, { world }, examples) {
  const own = Math.ceil(batch / world);
  const perEpoch = Math.ceil(examples / (world * own));
  return { own, perEpoch, total: epochs * perEpoch };
}

/**
 * Trains `state` in place until the last step, or until a member asks to stop.
 * @param {object} run
 * @param {import('./ring.mjs').Ring} run.ring
 * @param {import('./data.mjs').Examples} run.shard this member's
 * @param {ReturnType<typeof import('./environment.mjs').readHyperparameters>} run.hyperparameters
 * @param {ReturnType<typeof stepsOf>} run.steps
 * @param {import('./checkpoint.mjs').State} run.state
 * @param {() => boolean} run.stopAsked
 * @param {(step: { step: number, epoch: number, loss: number, accuracy: number }) => void} run.onStep
 *   after each step, with the means over all members
 * @returns {Promise<'finished' | 'stopped'>} the same on every member
 */
export async function train(run) {
  const { state, steps, onStep } = run;
  const vector = new Float32Array(parameterCount(run.hyperparameters.hidden) + EXTRAS);
  while (state.step < steps.total) {
    const epoch = Math.floor(state.step / steps.perEpoch);
    fillOwnPart(vector, run, { epoch, stepInEpoch: state.step % steps.perEpoch });
    await run.ring.allReduce(vector);
    const { loss, accuracy, stop } = applySums(vector, run);
    onStep({ step: state.step, epoch: epoch + 1, loss, accuracy });
    if (stop) return 'stopped';
  }
  return 'finished';
}

/** This member's share of the sums. Whether to stop is one of them, so that all stop after the same step. */
function fillOwnPart(vector, { state, hyperparameters, shard, ring, steps, stopAsked }, place) {
  const extras = vector.subarray(-EXTRAS);
  const batch = batchOf(shard, { ...place, own: steps.own, seed: hyperparameters.seed, rank: ring.rank });
  const { loss, correct } = sumGradient(
    state.weights,
    hyperparameters.hidden,
    batch,
    vector.subarray(0, -EXTRAS),
  );
  extras[LOSS] = loss;
  extras[CORRECT] = correct;
  extras[EXAMPLES] = batch.count;
  extras[STOP] = stopAsked() ? 1 : 0;
}

/** Makes the step with everybody's sums. All at once: whenever something fails, the state is that of a whole step. */
function applySums(vector, { state, hyperparameters, steps }) {
  const extras = vector.subarray(-EXTRAS);
  const gradient = vector.subarray(0, -EXTRAS);
  for (let i = 0; i < gradient.length; i++) gradient[i] /= extras[EXAMPLES];
  const learningRate = hyperparameters.learningRate * (1 - state.step / steps.total);
  applyGradient(state.weights, state.velocity, gradient, { ...hyperparameters, learningRate });
  state.step++;
  return {
    loss: extras[LOSS] / extras[EXAMPLES],
    accuracy: extras[CORRECT] / extras[EXAMPLES],
    stop: extras[STOP] > 0,
  };
}

/**
 * The examples of one step, some moved by a pixel so that no epoch is like another. The last step
 * of an epoch has what is left.
 */
function batchOf(shard, { seed, epoch, stepInEpoch, rank, own }) {
  const order = shuffled(shard.count, randomOf(seed, 0xba7c4, epoch, rank));
  const indexes = order.slice(stepInEpoch * own, (stepInEpoch + 1) * own);
  return moved(pick(shard, indexes), randomOf(seed, 0x30fe, epoch, stepInEpoch, rank));
}
