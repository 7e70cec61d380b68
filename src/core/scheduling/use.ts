/**
 * What queues used of late, so that fair share holds over time and not only at an instant: an exponential
 * mean of each queue's dominant share, in parts of a thousand million. Integers, so that a replay is equal
 * bit for bit; folded in steps of a fixed length, so that it does not matter how often anybody looks.
 */

/** A share of one. */
export const WHOLE = 1_000_000_000;

/** How far back it reaches, milliseconds: after this time a use counts 1/e. */
export const USE_WINDOW = 3_600_000;

/** Length of a step, milliseconds. */
export const USE_STEP = 10_000;

/**
 * The mean after a share was held for so many steps.
 * The implicit Euler step of du/dt = (share − u) / window, which is stable for every step length.
 */
export function decayed(use: number, share: number, steps: number): number {
  let value = use;
  for (let step = 0; step < steps; step += 1) {
    const next = Math.floor((value * USE_WINDOW + share * USE_STEP) / (USE_WINDOW + USE_STEP));
    if (next === value) break;
    value = next;
  }
  return value;
}
