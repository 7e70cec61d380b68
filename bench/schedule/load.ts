/** Clusters and queues of a size, from a seed: the same on every machine. */
import type { Queue } from '../../src/core/scheduling/queue.ts';
import type {
  HoldingJob,
  MemberGroup,
  NodeSnapshot,
  PendingJob,
  Snapshot,
} from '../../src/core/scheduling/snapshot.ts';
import { randomFrom } from '../../src/core/scheduling/testing/simulate.ts';

const GPU = 'nvidia.com/gpu';
export const NOW = Date.UTC(2026, 0, 1, 12);

export interface Size {
  readonly pending: number;
  readonly nodes: number;
  readonly queues: number;
  readonly seed: number;
  /** Of the nodes, the part that is in use. */
  readonly busy?: number;
  /** Gangs of several nodes within one rack. */
  readonly topology?: boolean;
}

/** Nodes of 8 GPUs, 96 processors; racks of 16, zones of 160. */
export function clusterOf(count: number): NodeSnapshot[] {
  return Array.from({ length: count }, (_, n) => ({
    agent: 'main',
    name: `node-${String(n).padStart(5, '0')}`,
    allocatable: { cpu: 96_000, memory: 768 * 2 ** 30, [GPU]: 8 },
    labels: {
      'topology.kubernetes.io/zone': `z${Math.floor(n / 160)}`,
      'capstan.dev/rack': `r${Math.floor(n / 16)}`,
    },
  }));
}

/** Trees of ten: a parent and nine that lend to each other. */
function queuesOf(count: number, nodes: number): Queue[] {
  const each = Math.max(1, Math.floor((nodes * 8) / count));
  return Array.from({ length: count }, (_, n) => ({
    name: `queue-${String(n).padStart(4, '0')}`,
    labels: {},
    description: '',
    state: 'open' as const,
    weight: 1 + (n % 3),
    quota: { [GPU]: each },
    ...(n % 10 === 0 ? {} : { parent: `queue-${String(n - (n % 10)).padStart(4, '0')}` }),
  }));
}

/** What jobs ask for: as in clusters of this kind, most are small. */
function shapes(topology: boolean): MemberGroup[][] {
  const gang = (count: number, gpus: number): MemberGroup[] => [
    {
      count,
      requests: { cpu: 8000 * gpus, memory: gpus * 64 * 2 ** 30, [GPU]: gpus },
      nodeSelector: {},
    },
  ];
  if (topology) return [gang(2, 8), gang(4, 8), gang(8, 8), gang(16, 8), gang(8, 4), gang(16, 2)];
  const sizes = [1, 1, 1, 1, 2, 2, 4, 8];
  return [...sizes.map((gpus) => gang(1, gpus)), gang(2, 8), gang(4, 8), gang(8, 1), gang(16, 8)];
}

export function loadOf({ pending, nodes, queues, seed, busy = 0, topology = false }: Size): Snapshot {
  const random = randomFrom(seed);
  const cluster = clusterOf(nodes);
  const tree = queuesOf(queues, nodes);
  const kinds = shapes(topology);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
  const jobs = Array.from(
    { length: pending },
    (_, n): PendingJob => ({
      uid: `p-${String(n).padStart(7, '0')}`,
      name: `job-${n}`,
      project: 'default',
      queue: pick(tree).name,
      priority: pick([20, 50, 50, 50, 80]),
      createdAt: NOW - Math.floor(random() * 86_400_000),
      groups: pick(kinds),
      topology: topology
        ? { level: pick(['rack', 'rack', 'zone'] as const), required: random() < 0.7 }
        : undefined,
      expectedMs: random() < 0.7 ? 600_000 + Math.floor(random() * 7_200_000) : undefined,
      checkpointEveryMs: 600_000,
      reason: 'Submitted',
      message: '',
      version: 1,
    }),
  );
  const holding = cluster.slice(0, Math.floor(nodes * busy)).map(
    (node, n): HoldingJob => ({
      uid: `h-${String(n).padStart(7, '0')}`,
      name: `run-${n}`,
      project: 'default',
      queue: pick(tree).name,
      priority: pick([20, 50, 50, 80]),
      createdAt: NOW - 86_400_000,
      groups: kinds[7] ?? kinds[0]!,
      agent: 'main',
      placed: [{ node: node.name, group: 0, count: 1 }],
      admittedAt: NOW - 3_600_000,
      startedAt: NOW - 3_600_000 + Math.floor(random() * 1_800_000),
      expectedMs: 3_600_000 + Math.floor(random() * 7_200_000),
      checkpointEveryMs: 600_000,
    }),
  );
  return {
    queues: tree,
    grants: tree.map(({ name }) => ({ project: 'default', queue: name, maxPriority: 100 })),
    nodes: cluster,
    pending: jobs,
    holding,
  };
}
