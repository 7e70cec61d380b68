/**
 * A queue with several servers (M/M/c), simulated customer by customer: how long does one wait? The same seed gives
 * the same bits, and theory (Erlang C) knows the answer, so that the simulation can be held to it.
 */
import { createHash } from 'node:crypto';
import { randomOf } from '../digits-ddp/random.mjs';

/** Customers at the beginning that are not counted: the queue was empty, which is not typical. */
const WARM_UP = 1000;

/**
 * @typedef {object} Queueing
 * @property {number} servers
 * @property {number} load       share of their time that the servers are busy, below 1
 * @property {number} customers  that are counted
 */

/**
 * The mean wait of one replica, in units of the mean service time.
 * @param {Queueing} queueing
 * @param {number} seed
 * @param {{ keepOn?: (share: number) => boolean }} [run] asked now and then; false ends it
 * @returns {number | undefined} undefined when it was ended
 */
export function meanWait({ servers, load, customers }, seed, { keepOn = () => true } = {}) {
  const random = randomOf(seed, 0x3a7);
  const free = new Float64Array(servers); // when each server is free
  let arrival = 0;
  let waited = 0;
  for (let i = -WARM_UP; i < customers; i++) {
    if (i % 10_000 === 0 && !keepOn(Math.max(i, 0) / customers)) return undefined;
    arrival += exponential(random) / (load * servers);
    const first = free.indexOf(Math.min(...free));
    const begin = Math.max(arrival, free[first]);
    if (i >= 0) waited += begin - arrival;
    free[first] = begin + exponential(random);
  }
  return waited / customers;
}

/** With the mean 1. */
function exponential(random) {
  return -Math.log(1 - random());
}

/**
 * All replicas together. Summed in their order: floating-point sums depend on it.
 * @param {readonly number[]} waits
 * @returns {{ mean: number, error: number, replicas: number, digest: string }} `error`: of the mean, one standard
 *   deviation. `digest`: equal only if every bit of every replica is
 */
export function reduced(waits) {
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  const variance = waits.reduce((sum, wait) => sum + (wait - mean) ** 2, 0) / (waits.length - 1);
  const bits = new Uint8Array(Float64Array.from(waits).buffer);
  const digest = createHash('sha256').update(bits).digest('hex');
  return { mean, error: Math.sqrt(variance / waits.length), replicas: waits.length, digest };
}

/** What theory says: Erlang's C formula, over the rate at which the servers get ahead. */
export function expectedWait({ servers, load }) {
  const offered = servers * load;
  let term = 1;
  let sum = 0;
  for (let k = 0; k < servers; k++) {
    sum += term;
    term *= offered / (k + 1);
  }
  const queued = term / (1 - load);
  return queued / (sum + queued) / (servers * (1 - load));
}
