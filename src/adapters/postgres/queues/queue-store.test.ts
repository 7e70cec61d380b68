/** Projects, queues and grants: kept as they were put, and not removed while something needs them. */
import { describe, expect, test } from 'vitest';
import { admit } from '../../../core/job/admit.ts';
import { cancel } from '../../../core/job/cancel.ts';
import { suspend } from '../../../core/job/suspend.ts';
import { checkTree } from '../../../core/scheduling/check-tree.ts';
import type { Flavor, Queue } from '../../../core/scheduling/queue.ts';
import type { Around } from '../../../ports/queue-store.ts';
import { aSubmission, decided, NOON, type Wanted } from '../testing/jobs.ts';
import { withStore } from '../testing/with-store.ts';

const db = withStore();

const aQueue = (name: string, more: Partial<Queue> = {}): Queue => ({
  name,
  labels: {},
  description: '',
  quota: {},
  state: 'open',
  ...more,
});

async function submitted(wanted: Wanted) {
  const first = aSubmission(wanted);
  await db.store.jobs.submit(first);
  return first.job;
}

describe('a project', () => {
  test('is kept as it was put last, with the time it was made', async () => {
    const project = { name: 'speech', labels: { org: 'ai' }, description: 'it’s theirs', defaultQueue: 'q' };
    expect(await db.store.projects.put(project, NOON)).toEqual({ ...project, createdAt: NOON });
    const bare = { name: 'speech', labels: {}, description: '' };
    await db.store.projects.put(bare, NOON + 5);
    const want = { ...bare, defaultQueue: undefined, createdAt: NOON };
    expect(await db.store.projects.get('speech')).toEqual(want);
    expect(await db.store.projects.get('none')).toBeUndefined();
  });

  test('with live jobs is not removed; without them it goes with its grants', async () => {
    await db.store.projects.put({ name: 'busy', labels: {}, description: '' }, NOON);
    await db.store.grants.put({ project: 'busy', queue: 'q', maxPriority: 50 }, NOON);
    const job = await submitted({ project: 'busy' });
    await submitted({ project: 'busy' }).then((other) =>
      db.store.jobs.apply(decided(suspend(other, { by: 'ada', now: NOON }))),
    );
    expect(await db.store.projects.count('busy')).toEqual({ pending: 1, suspended: 1 });
    await expect(db.store.projects.remove('busy')).rejects.toMatchObject({ code: 'project.in_use' });
    expect(await db.store.grants.get('busy', 'q')).toBeDefined();
    const { items } = await db.store.jobs.list({ project: 'busy' }, { limit: 10 });
    for (const live of items) await db.store.jobs.apply(decided(cancel(live, { by: 'ada', now: NOON })));
    expect(await db.store.projects.remove('busy')).toBe(true);
    expect(await db.store.projects.remove('busy')).toBe(false);
    expect(await db.store.grants.get('busy', 'q')).toBeUndefined();
    expect((await db.store.jobs.get('busy', job.uid))?.state.name).toBe('cancelled');
  });
});

describe('a queue', () => {
  test('is kept as it was put last, with the time it was made', async () => {
    const queue = aQueue('gpu', {
      quota: { cpu: 8000, 'nvidia.com/gpu': 4 },
      maxRunning: 3,
      state: 'paused',
    });
    expect(await db.store.queues.put(queue, NOON)).toEqual({ ...queue, createdAt: NOON });
    await db.store.queues.put(aQueue('gpu'), NOON + 5);
    expect(await db.store.queues.get('gpu')).toEqual({
      ...aQueue('gpu'),
      maxRunning: undefined,
      createdAt: NOON,
    });
    expect(await db.store.queues.get('none')).toBeUndefined();
  });

  test('that a job or a grant uses is not removed', async () => {
    await db.store.queues.put(aQueue('used'), NOON);
    await db.store.grants.put({ project: 'vision', queue: 'used', maxPriority: 50 }, NOON);
    const job = await submitted({ spec: { queue: 'used' } });
    const removing = () => db.store.queues.remove('used');
    await expect(removing()).rejects.toThrow('queue used is used by 1 live job(s) and 1 grant(s)');
    expect(await db.store.grants.remove('vision', 'used')).toBe(true);
    expect(await db.store.grants.remove('vision', 'used')).toBe(false);
    await expect(removing()).rejects.toThrow('queue used is used by 1 live job(s)');
    await db.store.jobs.apply(decided(cancel(job, { by: 'ada', now: NOON })));
    expect(await removing()).toBe(true);
    expect(await removing()).toBe(false);
  });

  test('is used by what its jobs hold, and waited for by what is pending', async () => {
    const queue = 'counted';
    const gang = { spec: { queue }, resources: { cpu: 500, 'nvidia.com/gpu': 1 }, members: 3 };
    const running = await submitted(gang);
    const stopping = await submitted({ spec: { queue }, resources: { cpu: 250 } });
    await submitted(gang);
    const held = await submitted(gang);
    await db.store.jobs.apply(decided(suspend(held, { by: 'ada', now: NOON })));
    for (const job of [running, stopping]) {
      await db.store.jobs.apply(decided(admit(job, { agent: 'local', now: NOON })));
    }
    const admitted = (await db.store.jobs.get('vision', stopping.uid))!;
    await db.store.jobs.apply(decided(cancel(admitted, { by: 'ada', now: NOON })));
    expect(await db.store.queues.use([queue, 'empty'])).toEqual({
      counted: { pending: 1, holding: 2, used: { cpu: 1750, 'nvidia.com/gpu': 3 } },
      empty: { pending: 0, holding: 0, used: {} },
    });
    expect(await db.store.queues.use([])).toEqual({});
  });
});

describe('the tree of queues', () => {
  const policy: Partial<Queue> = {
    borrowing: { cpu: 1000 },
    lending: { cpu: 0 },
    flavors: [{ flavor: 'l4', quota: { cpu: 500 }, borrowing: {}, lending: { cpu: 250 } }],
    weight: 3,
    ordering: 'strict',
    preemption: { withinQueue: 'never', reclaim: 'lowerPriority' },
    disruptions: { perJob: 2, perHour: 20 },
  };

  test('is kept with all that its queues say, and without what they say no more', async () => {
    await db.store.queues.put(aQueue('root'), NOON);
    const leaf = aQueue('leaf', { parent: 'root', quota: { cpu: 2000 }, ...policy });
    expect(await db.store.queues.put(leaf, NOON)).toEqual({
      ...leaf,
      maxRunning: undefined,
      createdAt: NOON,
    });
    expect(await db.store.queues.get('leaf')).toMatchObject({ parent: 'root', ...policy });
    await db.store.queues.put(aQueue('leaf'), NOON + 5);
    expect(await db.store.queues.get('leaf')).toEqual({
      ...aQueue('leaf'),
      maxRunning: undefined,
      createdAt: NOON,
    });
  });

  test('is not cut: a queue with others below it stays', async () => {
    await db.store.queues.put(aQueue('top'), NOON);
    for (const name of ['left', 'right']) await db.store.queues.put(aQueue(name, { parent: 'top' }), NOON);
    await expect(db.store.queues.remove('top')).rejects.toThrow('queue top is used by 2 queue(s) below it');
    for (const name of ['left', 'right', 'top']) expect(await db.store.queues.remove(name)).toBe(true);
  });

  test('is judged as it is: of two queues that are put below each other at once, one is refused', async () => {
    const check = (queue: Queue) => (around: Around) => {
      const problem = checkTree(queue, { others: around.queues, flavors: around.flavors });
      if (problem) throw new Error(problem.why);
    };
    for (let round = 0; round < 10; round += 1) {
      const [a, b] = [`a${round}`, `b${round}`];
      for (const name of [a, b]) await db.store.queues.put(aQueue(name), NOON);
      const crossed = [aQueue(a, { parent: b }), aQueue(b, { parent: a })];
      const put = await Promise.allSettled(
        crossed.map((queue) => db.store.queues.put(queue, NOON, check(queue))),
      );
      expect(put.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    }
  });

  test('uses what the attempt of an elastic gang was admitted with', async () => {
    const roles = [1, 2].map((min) => ({
      ...aSubmission().job.spec.roles[0]!,
      members: { min, max: 8 },
      resources: { cpu: 100 },
    }));
    const job = await submitted({ spec: { queue: 'elastic', roles } });
    await db.store.jobs.apply(decided(admit(job, { agent: 'local', now: NOON, size: [1, 7] })));
    const least = await submitted({ spec: { queue: 'elastic', roles } });
    await db.store.jobs.apply(decided(admit(least, { agent: 'local', now: NOON })));
    expect(await db.store.queues.use(['elastic'])).toMatchObject({
      elastic: { holding: 2, used: { cpu: 1100 } },
    });
  });
});

describe('a flavor', () => {
  const l4: Flavor = {
    name: 'l4',
    description: 'NVIDIA L4',
    nodeLabels: { gpu: 'l4' },
    tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }],
    price: 1250,
  };

  test('is kept as it was put last, with the time it was made', async () => {
    expect(await db.store.flavors.put(l4, NOON)).toEqual({ ...l4, createdAt: NOON });
    const bare = { name: 'l4', description: '', nodeLabels: {}, tolerations: [] };
    await db.store.flavors.put(bare, NOON + 5);
    expect(await db.store.flavors.get('l4')).toEqual({ ...bare, createdAt: NOON });
    expect(await db.store.flavors.get('none')).toBeUndefined();
  });

  test('that a queue names is not removed', async () => {
    await db.store.flavors.put({ ...l4, name: 'h100' }, NOON);
    await db.store.queues.put(aQueue('gpus', { flavors: [{ flavor: 'h100', quota: {} }] }), NOON);
    await expect(db.store.flavors.remove('h100')).rejects.toThrow('flavor h100 is named by 1 queue(s)');
    await db.store.queues.put(aQueue('gpus'), NOON);
    expect(await db.store.flavors.remove('h100')).toBe(true);
    expect(await db.store.flavors.remove('h100')).toBe(false);
  });

  test('that is removed while a queue is put that names it: one of the two is refused', async () => {
    for (let round = 0; round < 10; round += 1) {
      const name = `f${round}`;
      await db.store.flavors.put({ ...l4, name }, NOON);
      const queue = aQueue(`on-${name}`, { flavors: [{ flavor: name, quota: {} }] });
      const both = await Promise.allSettled([
        db.store.queues.put(queue, NOON, ({ flavors }) => {
          if (!flavors.has(name)) throw new Error('gone');
        }),
        db.store.flavors.remove(name),
      ]);
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    }
  });
});

describe('a list', () => {
  test('of grants, queues and projects is in pages by name', async () => {
    for (const name of ['p-c', 'p-a', 'p-b']) {
      await db.store.projects.put({ name, labels: {}, description: '' }, NOON);
      await db.store.queues.put(aQueue(name), NOON);
      for (const queue of ['p-y', 'p-x']) {
        await db.store.grants.put({ project: name, queue, maxPriority: 50 }, NOON);
      }
    }
    const paged = async <T>(
      list: (page: {
        cursor?: string | undefined;
        limit: number;
      }) => Promise<{ items: readonly T[]; next?: string | undefined }>,
      nameOf: (item: T) => string,
    ) => {
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list({ cursor, limit: 2 });
        names.push(...page.items.map(nameOf));
        cursor = page.next;
      } while (cursor !== undefined);
      return names.filter((name) => name.startsWith('p-'));
    };
    const { projects, queues, grants } = db.store;
    expect(
      await paged(
        (page) => projects.list(page),
        ({ name }) => name,
      ),
    ).toEqual(['p-a', 'p-b', 'p-c']);
    expect(
      await paged(
        (page) => queues.list(page),
        ({ name }) => name,
      ),
    ).toEqual(['p-a', 'p-b', 'p-c']);
    expect(
      await paged(
        (page) => grants.list(page),
        ({ project, queue }) => `${project}/${queue}`,
      ),
    ).toEqual(['a', 'b', 'c'].flatMap((name) => [`p-${name}/p-x`, `p-${name}/p-y`]));
  });
});
