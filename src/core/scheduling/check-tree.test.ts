import { expect, test } from 'vitest';
import { checkTree } from './check-tree.ts';
import type { Queue } from './queue.ts';
import { aQueue } from './testing/builders.ts';

const others = [aQueue('root', { quota: { cpu: 10 } }), aQueue('team', { parent: 'root' })];
const flavors = new Set(['l4']);

test.each<{ what: string; queue: Queue; want: { field: string; why: string } | undefined }>([
  { what: 'a queue of its own', queue: aQueue('a'), want: undefined },
  {
    what: 'a queue below another',
    queue: aQueue('a', { parent: 'team', borrowing: { cpu: 1 } }),
    want: undefined,
  },
  {
    what: 'a parent that is not there',
    queue: aQueue('a', { parent: 'none' }),
    want: { field: 'parent', why: 'there is no queue none to be its parent' },
  },
  {
    what: 'itself as its parent',
    queue: aQueue('a', { parent: 'a' }),
    want: { field: 'parent', why: 'it would be its own ancestor (a → a)' },
  },
  {
    what: 'a cycle',
    queue: aQueue('root', { parent: 'team' }),
    want: { field: 'parent', why: 'it would be its own ancestor (root → team → root)' },
  },
  {
    what: 'a flavor that is not there',
    queue: aQueue('a', { flavors: [{ flavor: 'h100', quota: {} }] }),
    want: { field: 'flavors[0].flavor', why: 'there is no flavor h100' },
  },
  {
    what: 'a flavor twice',
    queue: aQueue('a', {
      flavors: [
        { flavor: 'l4', quota: {} },
        { flavor: 'l4', quota: {} },
      ],
    }),
    want: { field: 'flavors[1].flavor', why: 'flavor l4 is listed twice' },
  },
  {
    what: 'borrowing from nobody',
    queue: aQueue('a', { borrowing: { cpu: 1 } }),
    want: { field: 'borrowing', why: 'it has no parent, so that nobody is there for its borrowing' },
  },
  {
    what: 'lending more than it has',
    queue: aQueue('a', { parent: 'root', quota: { cpu: 1 }, lending: { cpu: 2 } }),
    want: { field: 'lending["cpu"]', why: 'it would lend 2 cpu of its own 1' },
  },
  {
    what: 'a quota that overflows with those of others',
    queue: aQueue('a', { quota: { cpu: Number.MAX_SAFE_INTEGER } }),
    want: {
      field: 'quota["cpu"]',
      why: 'the quotas of all queues together come to more than 9007199254740991 cpu',
    },
  },
])('$what', ({ queue, want }) => {
  expect(checkTree(queue, { others, flavors })).toEqual(want);
});
