import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Refused } from '../../core/errors/refused.ts';
import { parseJson } from './json.ts';

function parsed(text: string): unknown {
  return parseJson(Buffer.from(text));
}

describe('a JSON body', () => {
  property.prop([fc.json({ maxDepth: 6 })])('is read as JSON.parse reads it', (text) => {
    fc.pre(!text.includes('__proto__'));
    expect(parsed(text)).toEqual(JSON.parse(text));
  });

  property.prop([fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0041a1 \n') })])(
    'is refused, or read as JSON.parse reads it, whatever it is',
    (text) => {
      const read = attempt(() => parsed(text));
      if (read instanceof Error) expect(read).toBeInstanceOf(Refused);
      else if (text.trim() !== '') expect(read).toEqual(JSON.parse(text));
    },
  );

  test.each(['', ' ', '\n'])('that is empty (%j) is an empty object', (text) => {
    expect(parsed(text)).toEqual({});
  });

  test.each([
    { text: '{"a":1,"a":2}', why: 'a key is there twice, at line 1, column 8' },
    { text: '{"a":1,\n "\\u0061":2}', why: 'a key is there twice, at line 2, column 2' },
    { text: '[{"a":{"b":1,"b":2}}]', why: 'a key is there twice' },
    { text: '{"__proto__":1}', why: 'the key __proto__ is not taken' },
    { text: '['.repeat(65), why: 'deeper than 64 levels' },
  ])('is refused for $text', ({ text, why }) => {
    expect(() => parsed(text)).toThrow(why);
  });

  test.each([
    { text: '{"a":{"a":1},"b":["a","a",{"a":"a"}]}' },
    { text: '{"a":"\\"a\\":{[","b":"a"}' },
    { text: '["__proto__"]' },
    { text: `${'['.repeat(64)}${']'.repeat(64)}` },
    { text: '{"constructor":{"prototype":1},"toString":2}' },
  ])('is taken: $text', ({ text }) => {
    expect(parsed(text)).toEqual(JSON.parse(text));
  });
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
