/**
 * The state of a run in one file: written whole or not at all, and not believed when a bit of it
 * is wrong. Line 1 is the SHA-256 of the rest, line 2 a header in JSON, then come the weights and
 * the momentum as little-endian float32.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FORMAT = 'digits-checkpoint/1';
const FILE = 'digits-ddp.ckpt';
const NEWLINE = 0x0a;

/**
 * @typedef {object} State
 * @property {number} step             steps done
 * @property {Float32Array} weights
 * @property {Float32Array} velocity   momentum, as long as the weights
 */

/**
 * @param {State} state
 * @param {object} run what the state belongs to: hyperparameters and number of members
 * @returns {Buffer}
 */
export function encodeCheckpoint(state, run) {
  const header = JSON.stringify({ format: FORMAT, step: state.step, parameters: state.weights.length, run });
  const body = Buffer.concat([Buffer.from(`${header}\n`), bytesOf(state.weights), bytesOf(state.velocity)]);
  return Buffer.concat([Buffer.from(`${sha256(body)}\n`), body]);
}

/**
 * @param {Buffer} bytes
 * @param {object} run
 * @returns {State}
 * @throws {Error} that says what is wrong with it
 */
export function decodeCheckpoint(bytes, run) {
  const { line: checksum, rest: body } = firstLine(bytes);
  if (checksum !== sha256(body)) throw new Error('its checksum does not match');
  const { line, rest } = firstLine(body);
  const header = JSON.parse(line);
  if (header.format !== FORMAT) throw new Error(`its format is ${header.format}, not ${FORMAT}`);
  if (JSON.stringify(header.run) !== JSON.stringify(run)) {
    throw new Error(`it belongs to another run: ${JSON.stringify(header.run)}`);
  }
  const floats = new Float32Array(Uint8Array.from(rest).buffer);
  return {
    step: header.step,
    weights: floats.slice(0, header.parameters),
    velocity: floats.slice(header.parameters),
  };
}

/**
 * Replaces the directory's checkpoint in one step: a kill at any moment leaves the old or the new one.
 * @param {string} directory made when missing
 * @param {Uint8Array} bytes
 */
export function writeCheckpoint(directory, bytes) {
  mkdirSync(directory, { recursive: true });
  const temporary = join(directory, `${FILE}.tmp`);
  const file = openSync(temporary, 'w');
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, join(directory, FILE));
}

/**
 * @param {string} directory
 * @returns {Buffer | undefined} nothing when there is none
 */
export function readCheckpoint(directory) {
  try {
    return readFileSync(join(directory, FILE));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function firstLine(bytes) {
  const end = bytes.indexOf(NEWLINE);
  if (end < 0) throw new Error('it is cut short');
  return { line: bytes.subarray(0, end).toString('utf8'), rest: bytes.subarray(end + 1) };
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function bytesOf(floats) {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}
