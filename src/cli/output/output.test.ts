/** How values are shown to people. */
import { describe, expect, test } from 'vitest';
import { bytes } from './bytes.ts';
import { columns } from './columns.ts';
import { logText, oneLine } from './safe-text.ts';
import { age, between, span } from './span.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

test.each([
  [-5, '0s'],
  [0, '0ms'],
  [999, '999ms'],
  [1000, '1s'],
  [119 * S, '119s'],
  [2 * M, '2m'],
  [5 * M + 30 * S, '5m30s'],
  [59 * M + 59 * S, '59m'],
  [3 * H + 20 * M, '3h20m'],
  [30 * H, '30h'],
  [2 * D + 4 * H, '2d4h'],
  [400 * D, '400d'],
])('%i ms is %s', (ms, want) => {
  expect(span(ms)).toBe(want);
});

test('ages and durations without an end count to now', () => {
  expect(age(undefined, 0)).toBe('-');
  expect(age(new Date(0).toISOString(), 300)).toBe('0s');
  expect(between(new Date(0).toISOString(), undefined, 5000)).toBe('5s');
  expect(between(undefined, undefined, 5000)).toBe('-');
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [12 * 1024, '12 KiB'],
  [3 * 1024 ** 3, '3 GiB'],
])('%i bytes are %s', (count, want) => {
  expect(bytes(count)).toBe(want);
});

describe('columns', () => {
  test('are as wide as their widest cell, without space at the end', () => {
    expect(
      columns([
        ['A', 'LONG', 'C'],
        ['1234', '5', ''],
      ]),
    ).toBe('A      LONG   C\n1234   5');
  });

  test('count what is seen, not colours', () => {
    const red = `${String.fromCharCode(27)}[31mx${String.fromCharCode(27)}[39m`;
    expect(
      columns([
        [red, 'b'],
        ['xx', 'b'],
      ]),
    ).toBe(`${red}    b\nxx   b`);
  });

  test('of nothing are nothing', () => {
    expect(columns([])).toBe('');
  });
});

describe('text of others', () => {
  const esc = String.fromCharCode(27);

  test.each([
    { what: 'line breaks', text: 'a\r\nb', want: 'a b' },
    { what: 'colours', text: `${esc}[31ma`, want: 'a' },
    { what: 'a bell', text: `a${String.fromCharCode(7)}b`, want: 'a b' },
    { what: 'a C1 control', text: `a${String.fromCharCode(0x9b)}31mb`, want: 'ab' },
  ])('on one line has no $what', ({ text, want }) => {
    expect(oneLine(text)).toBe(want);
  });

  test.each([
    { what: 'keeps colours and ends them', text: `${esc}[1;31mx`, want: `${esc}[1;31mx${esc}[0m` },
    { what: 'keeps tabs and carriage returns', text: '10%\r20%\tx', want: '10%\r20%\tx' },
    { what: 'loses cursor movement', text: `a${esc}[2Jb${esc}[Hc`, want: 'abc' },
    { what: 'loses a half sequence', text: `a${esc}`, want: 'a' },
  ])('in a log line $what', ({ text, want }) => {
    expect(logText(text)).toBe(want);
  });
});
