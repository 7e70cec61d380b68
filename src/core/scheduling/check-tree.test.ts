import { expect, test } from 'vitest';
import { checkTree } from './check-tree.ts';
import type { Queue } from './queue.ts';
import { aQueue } from './testing/builders.ts';

const others = [aQueue('root', { quota: { cpu: 10 } }), aQueue('team', { parent: 'root' })];
const flavors = new Set(['l4']);

test.each<{ what: string; queue: Queue; want: { field: string; why: string; remedy: string } | undefined }>([
  { what: 'a queue of its own', queue: aQueue('a'), want: undefined },
  {
    what: 'a queue below another',
    queue: aQueue('a', { parent: 'team', borrowing: { cpu: 1 } }),
    want: undefined,
  },
  {
    what: 'a parent that is not there',
    queue: aQueue('a', { parent: 'none' }),
    want: {
      field: 'parent',
      why: 'there is no queue none to be its parent',
      remedy: 'Make queue none first, or name another; `capstan get queues` lists them.',
    },
  },
  {
    what: 'itself as its parent',
    queue: aQueue('a', { parent: 'a' }),
    want: {
      field: 'parent',
      why: 'it would be its own ancestor (a → a)',
      remedy: 'Name a parent that is not below it, or leave it out.',
    },
  },
  {
    what: 'a cycle',
    queue: aQueue('root', { parent: 'team' }),
    want: {
      field: 'parent',
      why: 'it would be its own ancestor (root → team → root)',
      remedy: 'Name a parent that is not below it, or leave it out.',
    },
  },
  {
    what: 'a flavor that is not there',
    queue: aQueue('a', { flavors: [{ flavor: 'h100', quota: {} }] }),
    want: {
      field: 'flavors[0].flavor',
      why: 'there is no flavor h100',
      remedy: 'Make flavor h100 first, or name another; `capstan get flavors` lists them.',
    },
  },
  {
    what: 'a flavor twice',
    queue: aQueue('a', {
      flavors: [
        { flavor: 'l4', quota: {} },
        { flavor: 'l4', quota: {} },
      ],
    }),
    want: {
      field: 'flavors[1].flavor',
      why: 'flavor l4 is listed twice',
      remedy: 'Put both of its quotas into one entry.',
    },
  },
  {
    what: 'borrowing from nobody',
    queue: aQueue('a', { borrowing: { cpu: 1 } }),
    want: {
      field: 'borrowing',
      why: 'it has no parent, so that nobody is there for its borrowing',
      remedy: 'Give the queue a parent, or leave borrowing out.',
    },
  },
  {
    what: 'lending more than it has',
    queue: aQueue('a', { parent: 'root', quota: { cpu: 1500 }, lending: { cpu: 2000 } }),
    want: {
      field: 'lending["cpu"]',
      why: 'it would lend 2 cpu of its own 1500m',
      remedy: 'Lend at most 1500m, or raise its quota.',
    },
  },
  {
    what: 'a quota that overflows with those of others',
    queue: aQueue('a', { quota: { cpu: Number.MAX_SAFE_INTEGER } }),
    want: {
      field: 'quota["cpu"]',
      why: 'the quotas of all queues together come to more than 9007199254740991m cpu',
      remedy: 'Lower it: leave a resource out of every quota when it is not to be limited.',
    },
  },
  {
    what: 'lending more of a flavor than it has',
    queue: aQueue('a', {
      parent: 'root',
      flavors: [{ flavor: 'l4', quota: { 'nvidia.com/gpu': 2 }, lending: { 'nvidia.com/gpu': 3 } }],
    }),
    want: {
      field: 'flavors[0].lending["nvidia.com/gpu"]',
      why: 'it would lend 3 nvidia.com/gpu of its own 2',
      remedy: 'Lend at most 2, or raise its quota.',
    },
  },
  {
    what: 'a quota of a flavor that is large beside the same resource of none',
    queue: aQueue('a', { flavors: [{ flavor: 'l4', quota: { cpu: Number.MAX_SAFE_INTEGER } }] }),
    want: undefined,
  },
])('$what', ({ queue, want }) => {
  expect(checkTree(queue, { others, flavors })).toEqual(want);
});
