/** The files of the example are what they say: each is accepted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readObjects } from '../../src/cli/files/read-objects.ts';
import { nodesOf } from '../../src/contract/nodes-file.ts';
import { nodesFileIn } from '../../src/main/nodes-file.ts';

function source(name: string) {
  return {
    name,
    directory: import.meta.dirname,
    text: readFileSync(join(import.meta.dirname, name), 'utf8'),
  };
}

test('the file of nodes declares two clusters', () => {
  const { clusters } = nodesFileIn(source('nodes.yaml'));
  expect(clusters.map((cluster) => nodesOf(cluster).map(({ name }) => name))).toEqual([
    ['a100-0', 'a100-1', 'a100-2', 'a100-3', 'cpu-0', 'cpu-1'],
    ['h100-0', 'h100-1'],
  ]);
});

test.each(['gang.yaml', 'next.yaml', 'too-large.yaml'])('%s is a job', (name) => {
  expect(readObjects([source(name)], ['AIJob'])).toHaveLength(1);
});
