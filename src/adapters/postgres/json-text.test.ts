/** Any value becomes JSON that jsonb accepts, and stays itself where it can. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { cleanText, jsonText } from './json-text.ts';

describe('JSON for the database', () => {
  test.each([
    { value: { a: 'x\0y' }, want: { a: 'x\uFFFDy' } },
    { value: { a: '\ud83d' }, want: { a: '\uFFFD' } },
    { value: { 'k\0': [{ b: '\0' }] }, want: { 'k\uFFFD': [{ b: '\uFFFD' }] } },
    { value: { a: '\\u0000' }, want: { a: '\\u0000' } },
    { value: { a: '😀', b: undefined, c: null }, want: { a: '😀', c: null } },
  ])('$want is what is kept', ({ value, want }) => {
    expect(JSON.parse(jsonText(value))).toEqual(want);
  });

  test.prop([fc.jsonValue({ stringUnit: 'binary' })])('holds neither NUL nor half a pair', (value) => {
    const text = jsonText(value);
    expect(JSON.parse(text, (_, part) => (typeof part === 'string' ? cleanText(part) : part))).toEqual(
      JSON.parse(text),
    );
  });
});
