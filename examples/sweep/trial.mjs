/**
 * One trial of the sweep: trains a small model alone, in less than a second, and says in one line how
 * it did. It is the training of ../digits-ddp with a gang of one.
 */
import { loadDigits, shardOf, split } from '../digits-ddp/data.mjs';
import { BadEnvironment, readGang, readHyperparameters } from '../digits-ddp/environment.mjs';
import { accuracy } from '../digits-ddp/model.mjs';
import { Ring } from '../digits-ddp/ring.mjs';
import { freshState, stepsOf, train } from '../digits-ddp/training.mjs';

const ALONE = { rank: 0, world: 1 };

async function main(env) {
  const startedAt = performance.now();
  if (readGang(env).world !== 1) throw new BadEnvironment('a trial is one member: WORLD_SIZE must be 1');
  const hyperparameters = readHyperparameters({ EPOCHS: '25', ...env });
  const { training, heldOut } = split(loadDigits(), hyperparameters.seed);
  const steps = stepsOf(hyperparameters, ALONE, training.count);
  const state = freshState(hyperparameters);
  const shard = shardOf(training, ALONE);
  const nothing = () => {};
  await train({
    ring: new Ring(ALONE),
    shard,
    hyperparameters,
    steps,
    state,
    onStep: nothing,
    stopAsked: () => false,
  });
  const { learningRate, hidden, seed } = hyperparameters;
  const heldOutAccuracy = Math.round(accuracy(state.weights, hidden, heldOut) * 1e4) / 1e4;
  const seconds = Math.round((performance.now() - startedAt) / 10) / 100;
  say('result', { learning_rate: learningRate, hidden, seed, held_out_accuracy: heldOutAccuracy, seconds });
}

function say(event, facts) {
  console.log(JSON.stringify({ event, ...facts }));
}

await main(process.env).catch((error) => {
  say('error', { message: error.message });
  process.exitCode = error instanceof BadEnvironment ? 2 : 1;
});
