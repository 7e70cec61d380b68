/** What the Python worker computes, against the definition, computed here from the same texts. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const DOCS = join(import.meta.dirname, '../../docs');
const PROGRAM = `
import json, sys
from terms import count_terms, keywords, nearest, weigh
documents = {name: count_terms(text) for name, text in json.load(sys.stdin).items()}
weights = weigh(documents)
print(json.dumps({"documents": documents, "weights": weights, "nearest": nearest(weights),
                  "keywords": {name: keywords(one) for name, one in weights.items()}}))
`;
const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;

interface Found {
  readonly documents: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly weights: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly keywords: Readonly<Record<string, readonly string[]>>;
  readonly nearest: Readonly<Record<string, readonly [string | null, number]>>;
}

function inPython(texts: Readonly<Record<string, string>>): Found {
  const input = JSON.stringify(texts);
  const ran = spawnSync('python3', ['-B', '-c', PROGRAM], { cwd: import.meta.dirname, input });
  expect(ran.status, ran.stderr.toString()).toBe(0);
  return JSON.parse(ran.stdout.toString());
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

describe.skipIf(!hasPython)('the texts of the Python worker', () => {
  test.each([
    { text: 'Queues queue; a QUEUE waits.', want: { queue: 2, queues: 1, waits: 1 } },
    { text: 'run `capstan up` now\n```sh\nnpm ci\n```\nand wait', want: { and: 1, now: 1, run: 1, wait: 1 } },
    { text: '', want: {} },
    { text: '日本語 12 of', want: {} },
  ])('$text has the words $want', ({ text, want }) => {
    expect(inPython({ text }).documents.text).toEqual(want);
  });

  test('that share every word are told apart by none', () => {
    const { weights, nearest } = inPython({ a: 'one two', b: 'one two' });
    expect(Object.values(weights.a!)).toEqual([0, 0]);
    expect(nearest.a).toEqual(['b', 0]);
  });

  test('of the documentation weigh what the definition says', () => {
    const names = readdirSync(DOCS).filter((name) => name.endsWith('.md'));
    const texts = Object.fromEntries(names.map((name) => [name, readFileSync(join(DOCS, name), 'utf8')]));
    const { documents, weights, keywords, nearest } = inPython(texts);
    for (const name of names) {
      const words = sum(Object.values(documents[name]!));
      for (const word of keywords[name]!) {
        const having = names.filter((other) => documents[other]![word] !== undefined).length;
        const want = (documents[name]![word]! / words) * Math.log(names.length / having);
        expect(weights[name]![word]).toBeCloseTo(want, 12);
      }
      const heaviest = Math.max(...Object.values(weights[name]!));
      expect(weights[name]![keywords[name]![0]!]).toBe(heaviest);
      const [other, likeness] = nearest[name]!;
      expect(names).toContain(other);
      expect(likeness).toBeGreaterThan(0);
      expect(likeness).toBeLessThan(1);
    }
  });
});
