import { expect, test } from 'vitest';
import type { Change } from './changed.ts';
import { aNode, aQueue, aSnapshot, holding, NOON, pending } from './testing/builders.ts';
import { type WhatIf, whatIf } from './what-if.ts';

const world = aSnapshot({
  queues: [aQueue('default', { quota: { cpu: 4000 } })],
  nodes: [aNode('n1', 2000), aNode('n2', 2000)],
  holding: [holding('runs', 2000, { placed: [{ node: 'n1', group: 0, count: 1 }] })],
  pending: [pending('small', { cpu: 2000 }), pending('large', { cpu: 3000, createdAt: NOON - 500 })],
});

const shown = ({ starts, waits, preempted }: WhatIf) => [
  ...starts.map(({ name, again }) => `${name} starts${again ? ' again' : ''}`),
  ...waits.map(({ name }) => `${name} waits`),
  ...preempted.map(({ name }) => `${name} is preempted`),
];

test.each<{ what: string; changes: readonly Change[]; want: readonly string[] }>([
  { what: 'nothing changes', changes: [], want: [] },
  {
    what: 'a larger node comes and the quota allows it',
    changes: [
      { kind: 'add-nodes', nodes: [aNode('n3', 4000)] },
      { kind: 'quota', queue: 'default', resource: 'cpu', amount: 8000 },
    ],
    want: ['large starts'],
  },
  {
    what: 'a node comes that the quota does not allow',
    changes: [{ kind: 'add-nodes', nodes: [aNode('n3', 4000)] }],
    want: [],
  },
  {
    what: 'a node is drained',
    changes: [{ kind: 'drain', nodes: ['n1'] }],
    want: ['runs starts again', 'small waits'],
  },
  { what: 'a node is cordoned', changes: [{ kind: 'cordon', nodes: ['n2'] }], want: ['small waits'] },
  {
    what: 'the queue is paused',
    changes: [{ kind: 'queue-state', queue: 'default', state: 'paused' }],
    want: ['small waits'],
  },
  {
    what: 'a more urgent job is submitted',
    changes: [{ kind: 'submit', jobs: [pending('urgent', { cpu: 2000, priority: 90 })] }],
    want: ['urgent starts', 'small waits'],
  },
])('when $what: $want', ({ changes, want }) => {
  expect(shown(whatIf(world, changes, NOON))).toEqual(want);
});
