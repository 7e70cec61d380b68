/** A checkpoint gives back every bit of the state, or is refused with the reason. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scratchDirectory } from '../testing/gang.ts';
import { decodeCheckpoint, encodeCheckpoint, readCheckpoint, writeCheckpoint } from './checkpoint.mjs';

const RUN = { epochs: 2, seed: 1, members: 4 };
const STATE = {
  step: 17,
  weights: Float32Array.from([0.1, -2.5e-30, 3]),
  velocity: Float32Array.from([1 / 3, 0, -1]),
};

describe('a checkpoint', () => {
  test('gives back the state that was saved last, and leaves nothing else behind', () => {
    const directory = `${scratchDirectory()}/made/when/missing`;
    writeCheckpoint(directory, encodeCheckpoint({ ...STATE, step: 3 }, RUN));
    writeCheckpoint(directory, encodeCheckpoint(STATE, RUN));
    expect(decodeCheckpoint(readCheckpoint(directory)!, RUN)).toEqual(STATE);
    expect(readdirSync(directory)).toEqual(['digits-ddp.ckpt']);
  });

  test('that was never written is none', () => {
    expect(readCheckpoint(scratchDirectory())).toBeUndefined();
  });

  test('is refused whichever of its bytes is wrong', () => {
    const good = encodeCheckpoint(STATE, RUN);
    for (let i = 0; i < good.length; i++) {
      const bad = Buffer.from(good);
      bad[i] = (bad[i] ?? 0) ^ 1;
      expect(() => decodeCheckpoint(bad, RUN)).toThrow(/its checksum does not match|it is cut short/);
    }
  });

  test.each([0, 10, 64, 65, 100])('is refused when it is cut after %i bytes', (length) => {
    const cut = encodeCheckpoint(STATE, RUN).subarray(0, length);
    expect(() => decodeCheckpoint(cut, RUN)).toThrow(/its checksum does not match|it is cut short/);
  });

  test('is refused by a run with other settings', () => {
    const other = { ...RUN, members: 3 };
    expect(() => decodeCheckpoint(encodeCheckpoint(STATE, RUN), other)).toThrow('it belongs to another run');
  });
});
