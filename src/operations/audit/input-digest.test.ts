import { describe, expect, test } from 'vitest';
import { inputDigest } from './input-digest.ts';

const spec = { name: 'a', labels: { team: 'ocr' }, list: [1, 'x'], when: undefined };

describe('the digest of an input', () => {
  test('is the same in any order of its keys', () => {
    expect(inputDigest({ list: [1, 'x'], labels: { team: 'ocr' }, name: 'a' })).toBe(inputDigest(spec));
  });

  test.each([
    { what: 'another name', other: { ...spec, name: 'b' } },
    { what: 'another label', other: { ...spec, labels: { team: 'vision' } } },
    { what: 'another order of a list', other: { ...spec, list: ['x', 1] } },
    { what: 'one field more', other: { ...spec, when: 'now' } },
  ])('differs for $what', ({ other }) => {
    expect(inputDigest(other)).not.toBe(inputDigest(spec));
  });

  test.each(['env', 'password', 'apiToken', 'clientSecret', 'payload', 'key', 'args'])(
    'tells nothing of the value of %s',
    (field) => {
      const of = (value: unknown) => inputDigest({ ...spec, [field]: value });
      expect(of({ A: 'guess' })).toBe(of('hunter2'));
      expect(of('hunter2')).not.toBe(inputDigest(spec));
    },
  );
});
