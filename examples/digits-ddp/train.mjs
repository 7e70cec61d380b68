/**
 * One member of a gang that trains a digit classifier together: `node train.mjs`, once per rank.
 * It knows the gang's contract (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT, the CAPSTAN_* paths,
 * SIGTERM and then a grace) and nothing else of what starts it.
 *
 * Exit codes: 0 done, 143 stopped by SIGTERM with the checkpoint saved, 2 wrong environment,
 * 3 failed on purpose (FAIL_AT_STEP), 1 anything else.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint, readCheckpoint, writeCheckpoint } from './checkpoint.mjs';
import { loadDigits, shardOf, split } from './data.mjs';
import { BadEnvironment, readGang, readHabits, readHyperparameters } from './environment.mjs';
import { PeerLost } from './link.mjs';
import { accuracy, serializeModel, weightsDigest } from './model.mjs';
import { joinRing } from './ring.mjs';
import { freshState, stepsOf, train } from './training.mjs';

const STOPPED_BY_SIGTERM = 143;
const FAILED_ON_PURPOSE = 3;
/** A neighbour that does not close its end keeps no member from ending. */
const EXIT_MS = 2_000;

async function main(env) {
  const run = prepare(env);
  const ring = await joinRing(run.gang, run.stop.signal);
  try {
    run.say('rendezvous', { world_size: run.gang.world, shard: run.shard.count });
    const state = await restore(run, ring);
    const outcome = await trainTogether(run, ring, state);
    if (outcome === 'stopped') return await stop(run, ring, state);
    await agreeOnWeights(run, ring, state);
    if (run.gang.rank === 0) publish(run, state);
    return 0;
  } finally {
    await ring.leave();
  }
}

/** All that a member decides by itself: its place, its settings, its data. */
function prepare(env) {
  const gang = readGang(env);
  const hyperparameters = readHyperparameters(env);
  const { training, heldOut } = split(loadDigits(), hyperparameters.seed);
  return {
    gang,
    hyperparameters,
    habits: readHabits(env),
    heldOut,
    shard: shardOf(training, gang),
    steps: stepsOf(hyperparameters, gang, training.count),
    checkpoints: env.CAPSTAN_CHECKPOINT_PATH || undefined,
    output: env.CAPSTAN_OUTPUT_MODEL || '/out/model.json',
    stop: stopOnSigterm(),
    startedAt: performance.now(),
    say: (event, facts) => console.log(JSON.stringify({ event, rank: gang.rank, ...facts })),
  };
}

function stopOnSigterm() {
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort(new Error('stopped by SIGTERM')));
  return stop;
}

/** Rank 0's checkpoint, handed round; everybody begins afresh when there is none that can be used. */
async function restore(run, ring) {
  const found = ring.rank === 0 ? loadUsable(run) : undefined;
  const bytes = await ring.broadcast(found ?? new Uint8Array(0));
  if (bytes.length === 0) return freshState(run.hyperparameters);
  const state = decodeCheckpoint(bytes, identity(run));
  if (ring.rank === 0) run.say('resumed', { step: state.step, steps: run.steps.total });
  return state;
}

function loadUsable(run) {
  if (!run.checkpoints) return undefined;
  try {
    const bytes = readCheckpoint(run.checkpoints);
    if (bytes) decodeCheckpoint(bytes, identity(run));
    return bytes;
  } catch (error) {
    run.say('warning', { message: `the checkpoint is ignored: ${error.message}` });
    return undefined;
  }
}

function identity({ hyperparameters, gang }) {
  return { ...hyperparameters, members: gang.world };
}

/** The state of the last whole step is worth saving also when a member was lost. */
async function trainTogether(run, ring, state) {
  const { stop, shard, hyperparameters, steps } = run;
  const onStep = reporter(run, state);
  const stopAsked = () => stop.signal.aborted;
  try {
    return await train({ ring, shard, hyperparameters, steps, state, onStep, stopAsked });
  } catch (error) {
    if (error instanceof PeerLost) save(run, state);
    throw error;
  }
}

/** What happens after each step: log, checkpoint, and failing on purpose. */
function reporter(run, state) {
  const { habits, steps, gang } = run;
  const resumed = state.step > 0;
  const epochLosses = [];
  return ({ step, epoch, loss, accuracy: correct }) => {
    if (!resumed && step === habits.failAtStep && gang.rank === habits.failRank) failOnPurpose(run, step);
    if (gang.rank !== 0) return;
    epochLosses.push(loss);
    if (step % habits.logEvery === 0) {
      run.say('step', { step, steps: steps.total, epoch, loss: round(loss), accuracy: round(correct) });
    }
    if (step % steps.perEpoch === 0) reportEpoch(run, state, epoch, epochLosses.splice(0));
    if (step % habits.checkpointEvery === 0 || step === steps.total) save(run, state);
  };
}

function reportEpoch(run, state, epoch, losses) {
  run.say('epoch', {
    epoch,
    epochs: run.hyperparameters.epochs,
    loss: round(losses.reduce((sum, loss) => sum + loss, 0) / losses.length),
    held_out_accuracy: round(accuracy(state.weights, run.hyperparameters.hidden, run.heldOut)),
    seconds: secondsOf(run),
  });
}

/** As a crash would: at once, and the rest of the gang has to notice. */
function failOnPurpose(run, step) {
  run.say('failing', { step, message: 'FAIL_AT_STEP asks for it' });
  process.exit(FAILED_ON_PURPOSE);
}

function save(run, state) {
  if (run.gang.rank !== 0 || !run.checkpoints) return;
  writeCheckpoint(run.checkpoints, encodeCheckpoint(state, identity(run)));
  run.say('checkpoint', { step: state.step, steps: run.steps.total });
}

/** Nobody leaves before the checkpoint is on the disk. */
async function stop(run, ring, state) {
  save(run, state);
  await ring.barrier();
  run.say('stopped', { step: state.step, steps: run.steps.total });
  return STOPPED_BY_SIGTERM;
}

/** Data parallelism is right only if every member ends with the same bits. */
async function agreeOnWeights(run, ring, state) {
  const digest = weightsDigest(state.weights);
  const odd = oddRanks(await ring.gather(digest));
  if (odd.length > 0) throw new Error(`the weights of rank ${odd.join(', ')} differ from the others'`);
  if (ring.rank !== 0) run.say('agreed', { weights_sha256: digest });
}

/** The ranks that differ from what most members have. */
function oddRanks(digests) {
  const count = (digest) => digests.filter((other) => other === digest).length;
  const usual = digests.reduce((best, digest) => (count(digest) > count(best) ? digest : best));
  return digests.flatMap((digest, rank) => (digest === usual ? [] : [rank]));
}

function publish(run, state) {
  const { hidden, seed } = run.hyperparameters;
  const heldOutAccuracy = round(accuracy(state.weights, hidden, run.heldOut));
  mkdirSync(dirname(run.output), { recursive: true });
  writeFileSync(
    run.output,
    serializeModel(state.weights, hidden, { seed, held_out_accuracy: heldOutAccuracy }),
  );
  run.say('done', {
    held_out_accuracy: heldOutAccuracy,
    weights_sha256: weightsDigest(state.weights),
    steps: state.step,
    seconds: secondsOf(run),
  });
}

function round(value) {
  return Math.round(value * 1e4) / 1e4;
}

function secondsOf(run) {
  return Math.round((performance.now() - run.startedAt) / 10) / 100;
}

/** A failure is one line that a person can act on. */
function exitCodeOf(error) {
  if (error?.message === 'stopped by SIGTERM') return STOPPED_BY_SIGTERM;
  const lost = error instanceof PeerLost ? { lost_rank: error.rank } : {};
  const rank = Number(process.env.RANK ?? 0);
  console.log(JSON.stringify({ event: 'error', rank, ...lost, message: error?.message ?? String(error) }));
  return error instanceof BadEnvironment ? 2 : 1;
}

process.exitCode = await main(process.env).catch(exitCodeOf);
setTimeout(() => process.exit(), EXIT_MS).unref();
