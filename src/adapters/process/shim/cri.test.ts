import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { CriEncoder, criLine, MAX_PART_BYTES, timestamp } from './cri.ts';

const NOON = Date.UTC(2026, 0, 1, 12);

function encode(pieces: readonly Uint8Array[]): Buffer {
  const out: Buffer[] = [];
  const encoder = new CriEncoder('stdout', (lines) => out.push(Buffer.from(lines)));
  for (const piece of pieces) encoder.feed(Buffer.from(piece), NOON);
  encoder.end(NOON);
  return Buffer.concat(out);
}

interface Line {
  readonly tag: string;
  readonly text: Buffer;
}

function decode(log: Buffer): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < log.length; ) {
    const end = log.indexOf(10, at);
    lines.push({ tag: log.toString('latin1', at + 38, at + 39), text: log.subarray(at + 40, end) });
    at = end + 1;
  }
  return lines;
}

const joined = (lines: readonly Line[]): Buffer =>
  Buffer.concat(lines.flatMap(({ tag, text }) => (tag === 'F' ? [text, Buffer.from('\n')] : [text])));

describe('the CRI log format', () => {
  test.each([
    { title: 'a line', pieces: ['hello\n'], want: ['F hello'] },
    { title: 'an empty line', pieces: ['\n'], want: ['F '] },
    { title: 'nothing', pieces: [''], want: [] },
    { title: 'a last line without its end', pieces: ['a\nb'], want: ['F a', 'F b'] },
    { title: 'a line in pieces', pieces: ['he', 'll', 'o\nwor', 'ld\n'], want: ['F hello', 'F world'] },
    { title: 'a line that ends on its own', pieces: ['hello', '\n'], want: ['F hello'] },
    { title: 'a carriage return', pieces: ['10%\r20%\n'], want: ['F 10%\r20%'] },
  ])('$title', ({ pieces, want }) => {
    const lines = decode(encode(pieces.map((piece) => Buffer.from(piece))));
    expect(lines.map(({ tag, text }) => `${tag} ${text}`)).toEqual(want);
  });

  test.each([
    { bytes: MAX_PART_BYTES, want: ['F'] },
    { bytes: MAX_PART_BYTES + 1, want: ['P', 'F'] },
    { bytes: 2 * MAX_PART_BYTES, want: ['P', 'F'] },
    { bytes: 100_000, want: ['P', 'P', 'P', 'P', 'P', 'P', 'F'] },
  ])('a line of $bytes bytes becomes $want.length parts', ({ bytes, want }) => {
    const lines = decode(encode([Buffer.alloc(bytes, 'x'), Buffer.from('\n')]));
    expect(lines.map(({ tag }) => tag)).toEqual(want);
    expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThanOrEqual(MAX_PART_BYTES);
  });

  const bytes = fc.uint8Array({ maxLength: 300 });
  const long = fc.integer({ min: 16_000, max: 40_000 }).map((length) => new Uint8Array(length).fill(120));
  test.prop([fc.array(fc.oneof(bytes, bytes, long), { maxLength: 12 })])(
    'keeps every byte, however it is cut',
    (pieces) => {
      const whole = Buffer.concat(pieces);
      const want =
        whole.length === 0 || whole.at(-1) === 10 ? whole : Buffer.concat([whole, Buffer.from('\n')]);
      expect(joined(decode(encode(pieces))).equals(want)).toBe(true);
    },
  );

  test('has times in nanoseconds, of one length', () => {
    expect(timestamp(NOON + 0.25)).toBe('2026-01-01T12:00:00.000250000Z');
    expect(criLine(NOON, 'stderr', 'hello').toString()).toBe(
      '2026-01-01T12:00:00.000000000Z stderr F hello\n',
    );
  });
});
