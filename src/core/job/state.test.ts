import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STATE_NAMES, TERMINAL, TRANSITIONS } from './state.ts';

const drawing = readFileSync(join(import.meta.dirname, '../../../docs/job-states.md'), 'utf8');

function drawn(): string[] {
  const arrows = [...drawing.matchAll(/^ {4}(\w+|\[\*\]) --> (\w+|\[\*\])$/gm)].map(
    ([, from, to]) => `${from} → ${to}`,
  );
  return arrows.sort();
}

describe('the state machine', () => {
  test('docs/job-states.md draws every arrow of the table and no other', () => {
    const table = STATE_NAMES.flatMap((from) => TRANSITIONS[from].map((to) => `${from} → ${to}`));
    const ends = STATE_NAMES.filter((name) => TRANSITIONS[name].length === 0).map((name) => `${name} → [*]`);
    expect(drawn()).toEqual([...table, ...ends, '[*] → pending'].sort());
  });

  test('every state has a row in the table of meanings', () => {
    expect(STATE_NAMES.filter((name) => !drawing.includes(`| \`${name}\` |`))).toEqual([]);
  });

  test('what has ended stays ended, but for a dead letter', () => {
    const leaving = [...TERMINAL].filter((name) => TRANSITIONS[name].length > 0);
    expect(leaving).toEqual(['failed']);
  });
});
