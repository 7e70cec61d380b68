/** Queues and flavors over HTTP: what contradicts itself is refused, with the field, its value and the remedy. */
import { beforeAll, describe, expect, test } from 'vitest';
import { withHouse } from './house.ts';

const house = withHouse();

interface Body {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly next: string;
    readonly details: readonly { readonly path: string }[];
  };
}

const put = (name: string, body: object) => house().ask<Body>('PUT', `/queues/${name}`, { body });

beforeAll(async () => {
  await house().ask('PUT', '/flavors/l4', { body: { nodeLabels: { gpu: 'l4' }, price: 1250 } });
  await put('root', { quota: { cpu: 10 } });
  await put('team', { parent: 'root', quota: { cpu: 4 } });
});

describe('a queue', () => {
  test.each([
    {
      what: 'a parent that is not there',
      name: 'a',
      body: { parent: 'none' },
      says: 'parent: there is no queue none',
      next: 'Make queue none first',
    },
    {
      what: 'a cycle',
      name: 'root',
      body: { parent: 'team' },
      says: '(root → team → root)',
      next: 'not below it',
    },
    {
      what: 'a flavor that is not there',
      name: 'a',
      body: { flavors: [{ flavor: 'h100' }] },
      says: 'flavors[0].flavor: there is no flavor h100',
      next: 'capstan get flavors',
    },
    {
      what: 'a flavor twice',
      name: 'a',
      body: { flavors: [{ flavor: 'l4' }, { flavor: 'l4' }] },
      says: 'flavor l4 is listed twice',
      next: 'one entry',
    },
    {
      what: 'borrowing from nobody',
      name: 'a',
      body: { borrowing: { cpu: 1 } },
      says: 'borrowing: it has no parent',
      next: 'Give the queue a parent',
    },
    {
      what: 'lending what it has not',
      name: 'a',
      body: { parent: 'root', quota: { cpu: 1 }, lending: { cpu: '1500m' } },
      says: 'it would lend 1500m cpu of its own 1',
      next: 'Lend at most 1',
    },
  ])('with $what is refused', async ({ name, body, says, next }) => {
    const { status, body: answer } = await put(name, body);
    expect([status, answer.error.code]).toEqual([422, 'queue.tree']);
    expect(answer.error.message).toContain(says);
    expect(answer.error.next).toContain(next);
  });

  test.each([
    { what: 'a weight of none', body: { weight: 0 }, path: 'weight' },
    { what: 'a quota below nothing', body: { quota: { cpu: -1 } }, path: 'quota' },
    {
      what: 'a quota beyond what sums hold',
      body: { quota: { tasks: Number.MAX_SAFE_INTEGER } },
      path: 'quota.tasks',
    },
    { what: 'an ordering that there is not', body: { ordering: 'fair' }, path: 'ordering' },
    { what: 'a preemption that there is not', body: { preemption: { reclaim: 'all' } }, path: 'preemption' },
  ])('with $what is refused by its schema', async ({ body, path }) => {
    const { status, body: answer } = await put('a', body);
    expect([status, answer.error.code]).toEqual([400, 'input.invalid']);
    expect(answer.error.details[0]?.path).toContain(path);
  });

  test('is shown as it was put, amounts as people write them', async () => {
    const spec = {
      parent: 'root',
      quota: { cpu: '2', memory: '4Gi' },
      borrowing: { cpu: '1' },
      lending: { memory: '1Gi' },
      flavors: [{ flavor: 'l4', quota: { 'nvidia.com/gpu': '2' }, borrowing: { 'nvidia.com/gpu': '1' } }],
      weight: 3,
      ordering: 'strict',
      preemption: { withinQueue: 'never', reclaim: 'any' },
      disruptions: { perJob: 2 },
    };
    await put('shown', spec);
    const { body } = await house().ask<{ spec: object }>('GET', '/queues/shown');
    expect(body.spec).toEqual({ description: '', state: 'open', ...spec });
  });
});

describe('a flavor', () => {
  test('is shown by its name, or is not there', async () => {
    expect((await house().ask('GET', '/flavors/l4')).body).toMatchObject({
      kind: 'Flavor',
      metadata: { name: 'l4' },
      spec: { nodeLabels: { gpu: 'l4' }, price: 1250 },
    });
    const { status, body } = await house().ask<Body>('GET', '/flavors/none');
    expect([status, body.error.code]).toEqual([404, 'flavor.not_found']);
  });

  test('that a queue names, and a queue with others below it, are not removed', async () => {
    await put('gpus', { flavors: [{ flavor: 'l4' }] });
    const refusals = await Promise.all(
      ['/flavors/l4', '/queues/root'].map((path) => house().ask<Body>('DELETE', path)),
    );
    expect(refusals.map(({ status, body }) => [status, body.error.code])).toEqual([
      [409, 'flavor.in_use'],
      [409, 'queue.in_use'],
    ]);
  });

  test('is for administrators of queues to put, and for all who see queues to read', async () => {
    const as = await house().key('viewer', ['viewer']);
    expect((await house().ask('GET', '/flavors', { as })).status).toBe(200);
    expect((await house().ask('PUT', '/flavors/mine', { as, body: {} })).status).toBe(403);
  });
});
