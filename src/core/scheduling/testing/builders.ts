/** Snapshots for tests, by hand and at random. */
import fc from 'fast-check';
import type { Queue } from '../queue.ts';
import type { HoldingJob, NodeSnapshot, PendingJob, Snapshot } from '../snapshot.ts';

export const NOON = Date.UTC(2026, 0, 1, 12);

export function aQueue(name: string, fields: Partial<Queue> = {}): Queue {
  return { name, labels: {}, description: '', quota: {}, state: 'open', ...fields };
}

export function aNode(name: string, cpu: number, fields: Partial<NodeSnapshot> = {}): NodeSnapshot {
  return { agent: 'local', name, allocatable: { cpu, memory: 2 ** 34 }, labels: {}, ...fields };
}

export function pending(
  name: string,
  fields: Partial<PendingJob> & { cpu?: number; members?: number } = {},
): PendingJob {
  const { cpu = 1000, members = 1, ...rest } = fields;
  return {
    uid: `uid-${name}`,
    name,
    project: 'default',
    queue: 'default',
    priority: 50,
    createdAt: NOON - 1000,
    groups: [{ count: members, requests: { cpu }, nodeSelector: {} }],
    reason: 'Submitted',
    message: '',
    version: 1,
    ...rest,
  };
}

export function holding(name: string, cpu: number, fields: Partial<HoldingJob> = {}): HoldingJob {
  const groups = [{ count: 1, requests: { cpu }, nodeSelector: {} }];
  return {
    priority: 50,
    createdAt: NOON - 2000,
    uid: `uid-${name}`,
    name,
    project: 'default',
    queue: 'default',
    agent: 'local',
    groups,
    ...fields,
  };
}

/** One queue, one node of 4 processors, and a grant for each queue, unless told otherwise. */
export function aSnapshot(fields: Partial<Snapshot> = {}): Snapshot {
  const queues = fields.queues ?? [aQueue('default')];
  const grants = queues.map(({ name }) => ({ project: 'default', queue: name, maxPriority: 100 }));
  return { queues, grants, nodes: [aNode('n1', 4000)], pending: [], holding: [], ...fields };
}

const QUEUES = ['a', 'b', 'c'];

const requests = fc.record({ cpu: fc.integer({ min: 0, max: 3000 }) }, { requiredKeys: [] });

const groups = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    requests: requests as fc.Arbitrary<Record<string, number>>,
    nodeSelector: fc.constantFrom<Record<string, string>>({}, {}, { zone: 'x' }),
  }),
  { minLength: 1, maxLength: 2 },
);

const anyPending = fc.record({
  queue: fc.constantFrom(...QUEUES, 'gone'),
  priority: fc.integer({ min: 0, max: 100 }),
  createdAt: fc.integer({ min: NOON - 86_400_000, max: NOON }),
  startAfter: fc.option(fc.integer({ min: NOON - 1000, max: NOON + 1000 }), { nil: undefined }),
  groups,
});

export const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    queues: fc.tuple(
      ...QUEUES.map((name) =>
        fc
          .record(
            {
              quota: requests,
              maxRunning: fc.integer({ min: 0, max: 5 }),
              state: fc.constantFrom('open', 'open', 'paused', 'draining'),
            },
            { requiredKeys: ['quota', 'state'] },
          )
          .map((fields) => aQueue(name, fields as Partial<Queue>)),
      ),
    ),
    nodes: fc.array(
      fc.record({
        cpu: fc.integer({ min: 0, max: 8000 }),
        agent: fc.constantFrom('x', 'y'),
        zone: fc.constantFrom('x', 'z'),
      }),
      { maxLength: 4 },
    ),
    jobs: fc.array(anyPending, { maxLength: 15 }),
    held: fc.array(
      fc.record({ queue: fc.constantFrom(...QUEUES), agent: fc.constantFrom('x', 'y'), groups }),
      { maxLength: 4 },
    ),
  })
  .map(({ queues, nodes, jobs, held }) =>
    aSnapshot({
      queues,
      nodes: nodes.map(({ cpu, agent, zone }, index) => aNode(`n${index}`, cpu, { agent, labels: { zone } })),
      pending: jobs.map((job, index) => ({ ...pending(`p${index}`), ...job })),
      holding: held.map((job, index) => ({ ...holding(`h${index}`, 0), ...job })),
    }),
  );
