/** Small clusters with everything in them, at random: trees of queues, flavors, taints, racks, gangs, what runs. */
import fc from 'fast-check';
import type { Topology } from '../../job/spec.ts';
import { holdingOf } from '../advance.ts';
import type { Flavor, Queue, Taint } from '../queue.ts';
import { schedule } from '../schedule.ts';
import type { HoldingJob, MemberGroup, NodeSnapshot, PendingJob, Snapshot } from '../snapshot.ts';
import { NOON } from './builders.ts';

const GPU = 'nvidia.com/gpu';
const QUEUES = ['a', 'b', 'c', 'd', 'e'];
const OPEN = Array.from({ length: 8 }, () => 'open' as const);
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const taint: Taint = { key: 'spot', effect: 'NoSchedule' };
const FLAVORS: readonly Flavor[] = [
  { name: 'l4', nodeLabels: { gpu: 'l4' } },
  { name: 'spot', nodeLabels: {}, tolerations: [{ key: 'spot', operator: 'Exists' }] },
];

const amounts = fc.record(
  { cpu: fc.integer({ min: 2, max: 16 }), [GPU]: fc.integer({ min: 0, max: 10 }) },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, number>>;

const group: fc.Arbitrary<MemberGroup> = fc
  .record({
    count: fc.constantFrom(1, 1, 2, 3),
    grow: fc.constantFrom(0, 0, 0, 2),
    requests: fc.record({ cpu: fc.integer({ min: 0, max: 2 }), [GPU]: fc.integer({ min: 0, max: 2 }) }),
    nodeSelector: fc.constantFrom<Record<string, string>>({}, {}, {}, {}, { gpu: 'l4' }),
    tolerates: fc.boolean(),
  })
  .map(({ count, grow, tolerates, ...rest }) => ({
    ...rest,
    count,
    ...(grow > 0 ? { max: count + grow } : {}),
    ...(tolerates ? { tolerations: [{ key: 'spot', operator: 'Exists' as const }] } : {}),
  }));

const topology: fc.Arbitrary<Topology> = fc.record({
  level: fc.constantFrom('none', 'none', 'none', 'node', 'rack', 'zone'),
  required: fc.boolean(),
});

const job = fc.record({
  queue: fc.constantFrom(...QUEUES),
  priority: fc.constantFrom(10, 50, 50, 90),
  createdAt: fc.integer({ min: NOON - 20_000_000, max: NOON }),
  groups: fc.array(group, { minLength: 1, maxLength: 2 }),
  topology,
  expectedMs: some(fc.integer({ min: 1000, max: 10_000_000 })),
  checkpointEveryMs: some(fc.constantFrom(60_000, 600_000)),
  startAfter: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, NOON - 1, NOON + 1000),
});

/** The parent comes before its children in the alphabet: no cycles. */
const queues = fc
  .tuple(
    ...QUEUES.map((name, index) =>
      fc.record({
        name: fc.constant(name),
        parent: index === 0 ? fc.constant(undefined) : fc.constantFrom(undefined, ...QUEUES.slice(0, index)),
        quota: amounts,
        borrowing: fc.constantFrom(undefined, undefined, { cpu: 3, [GPU]: 2 }),
        lending: fc.constantFrom(undefined, undefined, { cpu: 3, [GPU]: 2 }),
        flavored: fc.constantFrom(false, false, true),
        weight: fc.integer({ min: 1, max: 3 }),
        ordering: fc.constantFrom('strict' as const, 'bestEffort' as const, 'bestEffort' as const),
        maxRunning: fc.constantFrom(undefined, undefined, undefined, undefined, 0, 3),
        state: fc.constantFrom(...OPEN, 'paused' as const),
      }),
    ),
  )
  .map((given) =>
    given.map(
      ({ flavored, ...fields }): Queue => ({
        ...fields,
        labels: {},
        description: '',
        flavors: flavored ? FLAVORS.map(({ name }) => ({ flavor: name, quota: { [GPU]: 4 } })) : undefined,
      }),
    ),
  );

const nodes = fc
  .array(
    fc.record({
      agent: fc.constantFrom('x', 'x', 'y'),
      cpu: fc.integer({ min: 2, max: 8 }),
      gpus: fc.integer({ min: 0, max: 6 }),
      place: fc.constantFrom(['z1', 'r1'], ['z1', 'r2'], ['z2', 'r1'], undefined),
      gpu: fc.constantFrom('l4', 'a100'),
      tainted: fc.constantFrom(false, false, true),
      unschedulable: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((given) =>
    given.map(
      ({ agent, cpu, gpus, place, gpu, tainted, unschedulable }, n): NodeSnapshot => ({
        agent,
        name: `n${n}`,
        allocatable: { cpu, [GPU]: gpus },
        labels: {
          gpu,
          ...(place ? { 'topology.kubernetes.io/zone': place[0]!, 'capstan.dev/rack': place[1]! } : {}),
        },
        taints: tainted ? [taint] : [],
        unschedulable,
      }),
    ),
  );

/** What runs was admitted by the scheduler, some of it long ago; then nodes and quotas may have changed. */
export const anyCluster: fc.Arbitrary<Snapshot> = fc
  .record({
    queues,
    nodes,
    before: fc.array(job, { maxLength: 10 }),
    jobs: fc.array(job, { maxLength: 10 }),
    ran: fc.integer({ min: 0, max: 8_000_000 }),
    backfilled: fc.boolean(),
  })
  .map(({ queues: tree, nodes: cluster, before, jobs, ran, backfilled }) => {
    const pendingOf = (fields: (typeof before)[number], name: string): PendingJob => ({
      uid: `uid-${name}`,
      name,
      project: 'default',
      reason: 'Submitted',
      message: '',
      version: 1,
      ...fields,
    });
    const empty: Snapshot = {
      queues: tree.map((queue) => ({ ...queue, state: 'open' })),
      grants: tree.map(({ name }) => ({ project: 'default', queue: name, maxPriority: 100 })),
      flavors: FLAVORS,
      nodes: cluster.map((node) => ({ ...node, unschedulable: false })),
      pending: before.map((fields, n) => ({ ...pendingOf(fields, `h${n}`), startAfter: undefined })),
      holding: [],
    };
    const started = new Map(schedule(empty, NOON).admit.map((admit) => [admit.uid, admit]));
    const holding = empty.pending.flatMap((one): HoldingJob[] => {
      const admit = started.get(one.uid);
      return admit ? [{ ...holdingOf(one, admit, NOON - ran), backfilled }] : [];
    });
    return {
      ...empty,
      queues: tree,
      nodes: cluster,
      pending: jobs.map((fields, n) => pendingOf(fields, `p${n}`)),
      holding,
    };
  });
