/**
 * The handwritten digits: reading them, keeping a part aside, and dealing the rest to the members.
 * Every member reads the whole file and decides the same split from the same seed, so nobody has
 * to send examples to anybody.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { randomOf, shuffled } from './random.mjs';

const SIDE = 8;
export const PIXELS = SIDE * SIDE;
export const CLASSES = 10;

const HELD_OUT_SHARE = 0.2;
const BRIGHTEST = 16;

/**
 * @typedef {object} Examples
 * @property {number} count
 * @property {Float32Array} pixels  `count` rows of 64 values in [0, 1]
 * @property {Uint8Array} labels    `count` digits
 */

/**
 * Reads the file that lies beside this module.
 * @returns {Examples}
 */
export function loadDigits(file = new URL('./digits.csv.gz', import.meta.url)) {
  const rows = gunzipSync(readFileSync(file)).toString('ascii').trim().split('\n');
  const pixels = new Float32Array(rows.length * PIXELS);
  const labels = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    const values = row.split(',').map(Number);
    labels[i] = values.pop();
    pixels.set(
      values.map((value) => value / BRIGHTEST),
      i * PIXELS,
    );
  });
  return { count: rows.length, pixels, labels };
}

/**
 * A fifth is held out: no member trains on it.
 * @param {Examples} examples
 * @param {number} seed
 */
export function split(examples, seed) {
  const order = shuffled(examples.count, randomOf(seed, 0x5e1));
  const heldOut = Math.round(examples.count * HELD_OUT_SHARE);
  return { heldOut: pick(examples, order.slice(0, heldOut)), training: pick(examples, order.slice(heldOut)) };
}

/**
 * Every `world`-th example, from `rank` on: shards differ by one example at most.
 * @param {Examples} examples
 * @param {{ rank: number, world: number }} place
 */
export function shardOf(examples, { rank, world }) {
  const own = [];
  for (let i = rank; i < examples.count; i += world) own.push(i);
  return pick(examples, own);
}

/**
 * Some of the examples, copied.
 * @param {Examples} examples
 * @param {readonly number[]} indexes
 * @returns {Examples}
 */
export function pick(examples, indexes) {
  const pixels = new Float32Array(indexes.length * PIXELS);
  indexes.forEach((from, to) => {
    pixels.set(examples.pixels.subarray(from * PIXELS, (from + 1) * PIXELS), to * PIXELS);
  });
  return { count: indexes.length, pixels, labels: Uint8Array.from(indexes, (i) => examples.labels[i]) };
}

/**
 * Each image moved a little: in each direction one in four goes a pixel back or forth. What comes
 * in from outside is empty.
 * @param {Examples} examples
 * @param {() => number} random
 * @returns {Examples}
 */
export function moved(examples, random) {
  const pixels = new Float32Array(examples.pixels.length);
  for (let i = 0; i < examples.count; i++) {
    const by = { x: aPixelOrNone(random), y: aPixelOrNone(random) };
    moveImage(examples.pixels.subarray(i * PIXELS), pixels.subarray(i * PIXELS), by);
  }
  return { ...examples, pixels };
}

function aPixelOrNone(random) {
  const draw = random();
  if (draw < 0.125) return -1;
  return draw < 0.25 ? 1 : 0;
}

function moveImage(from, to, { x, y }) {
  for (let row = Math.max(0, y); row < Math.min(SIDE, SIDE + y); row++) {
    for (let column = Math.max(0, x); column < Math.min(SIDE, SIDE + x); column++) {
      to[row * SIDE + column] = from[(row - y) * SIDE + (column - x)];
    }
  }
}
