/**
 * Seeded randomness: the same key gives the same numbers on every machine, so that a step can be
 * repeated after a resume without keeping a generator's state.
 */

/**
 * Uniform numbers in [0, 1) for a key of integers (mulberry32, seeded by mixing the key).
 * @param {...number} key
 * @returns {() => number}
 */
export function randomOf(...key) {
  let state = key.reduce((mixed, part) => mix(Math.imul(mixed, 31) + part + 0x9e3779b9), 0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state) / 2 ** 32;
  };
}

/**
 * The numbers 0 … n-1 in a random order (Fisher–Yates).
 * @param {number} n
 * @param {() => number} random
 */
export function shuffled(n, random) {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** A bijective hash of 32 bits. */
function mix(value) {
  let t = value | 0;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}
