/**
 * What a member is told through its environment: its place in the gang (as torchrun sets it) and
 * the settings of the training. Nothing else in this example reads `process.env`.
 */

/** The environment says something that no run can begin with. */
export class BadEnvironment extends Error {
  name = 'BadEnvironment';
}

/**
 * This member's place. Alone (rank 0 of 1) when nothing is set, so that `node train.mjs` works.
 * @param {Record<string, string | undefined>} env
 * @throws {BadEnvironment}
 */
export function readGang(env) {
  const world = wholeNumber(env, 'WORLD_SIZE', 1, { min: 1 });
  return {
    rank: wholeNumber(env, 'RANK', 0, { min: 0, max: world - 1 }),
    world,
    masterAddr: env.MASTER_ADDR || '127.0.0.1',
    masterPort: wholeNumber(env, 'MASTER_PORT', 29500, { min: 1, max: 65535 }),
    rendezvousMs: 1000 * wholeNumber(env, 'RENDEZVOUS_TIMEOUT', 60, { min: 1 }),
  };
}

/**
 * Hyperparameters. They decide the result bit for bit, so a checkpoint carries them
 * and only a run with the same ones resumes from it.
 * @param {Record<string, string | undefined>} env
 * @throws {BadEnvironment}
 */
export function readHyperparameters(env) {
  return {
    epochs: wholeNumber(env, 'EPOCHS', 80, { min: 1 }),
    seed: wholeNumber(env, 'SEED', 1, { min: 0 }),
    hidden: wholeNumber(env, 'HIDDEN', 128, { min: 1, max: 4096 }),
    batch: wholeNumber(env, 'BATCH', 16, { min: 1 }), // examples in one step, of all members together
    learningRate: positiveNumber(env, 'LEARNING_RATE', 0.1),
    momentum: 0.9,
  };
}

/**
 * How often to say and save something, and whether to fail on purpose: nothing that changes the result.
 * @param {Record<string, string | undefined>} env
 * @throws {BadEnvironment}
 */
export function readHabits(env) {
  return {
    logEvery: wholeNumber(env, 'LOG_EVERY', 50, { min: 1 }), // steps
    checkpointEvery: wholeNumber(env, 'CHECKPOINT_EVERY', 250, { min: 1 }), // steps
    failAtStep: wholeNumber(env, 'FAIL_AT_STEP', 0, { min: 0 }), // 0: do not
    failRank: wholeNumber(env, 'FAIL_RANK', 0, { min: 0 }),
  };
}

function wholeNumber(env, name, fallback, { min, max = Number.MAX_SAFE_INTEGER }) {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new BadEnvironment(`${name} must be a whole number ${range}, not ${JSON.stringify(text)}`);
}

function positiveNumber(env, name, fallback) {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new BadEnvironment(`${name} must be a number above 0, not ${JSON.stringify(text)}`);
}
