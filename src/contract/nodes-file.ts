/**
 * The file of `capstan up --nodes`: clusters of nodes that are only simulated. Everything is checked here,
 * so that what comes out of `nodesOf` is what a real cluster could have told.
 */
import { z } from 'zod';
import { LabelKey, Labels, LabelValue, Name, Quantities } from './scalars.ts';

/** Of all clusters together. */
export const MOST_SIMULATED_NODES = 10_000;
const MOST_CLUSTERS = 100;

/** The agent of processes that `capstan up` brings; a cluster of that name would be taken for it. */
const PROCESS_AGENT = 'local';

const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const RACK = 'capstan.dev/rack';

/** `{n}`, or `{n/K}`: the number of the node in its group, divided by K and rounded down. */
const PLACEHOLDER = /\{n(?:\/([1-9]\d{0,4}))?\}/g;
const NODE_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

const NAME_TEXT =
  'a name of at most 63 lower-case letters, digits, "-" and ".", with {n} or {n/K} for the number of the node';
const LABEL_TEXT =
  'a label value of at most 63 of A-Za-z0-9-_., with {n} or {n/K} for the number of the node';

const NodeName = z.string(NAME_TEXT).refine((text) => {
  const name = filled(text, MOST_SIMULATED_NODES - 1);
  return name.length <= 63 && NODE_NAME.test(name);
}, NAME_TEXT);

const PlaceName = z
  .string(LABEL_TEXT)
  .min(1, LABEL_TEXT)
  .refine((text) => LabelValue.safeParse(filled(text, MOST_SIMULATED_NODES - 1)).success, LABEL_TEXT);

export const Taint = z.strictObject({
  key: LabelKey,
  value: LabelValue.optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});

const NodeGroup = z
  .strictObject({
    name: NodeName,
    count: z.int().min(1).max(MOST_SIMULATED_NODES).default(1),
    allocatable: Quantities.superRefine((amounts, context) => {
      for (const resource of ['cpu', 'memory']) {
        if ((amounts[resource] ?? 0) > 0) continue;
        context.addIssue({
          code: 'custom',
          path: [resource],
          message: `more than none: every node has ${resource}`,
        });
      }
    }),
    labels: Labels.default({}),
    taints: z.array(Taint).max(50).default([]),
    unschedulable: z.boolean().default(false),
    zone: PlaceName.optional(),
    rack: PlaceName.optional(),
  })
  .superRefine(({ name, count, labels, zone, rack }, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (count > 1 && !name.includes('{n}'))
      refuse(['name'], `a name with {n}, such as gpu-{n}: ${count} nodes need ${count} names`);
    if (zone !== undefined && ZONE in labels)
      refuse(['labels', ZONE], 'left out: zone says it already; keep one of the two');
    if (rack !== undefined && RACK in labels)
      refuse(['labels', RACK], 'left out: rack says it already; keep one of the two');
    if (HOSTNAME in labels) refuse(['labels', HOSTNAME], "left out: it is the node's name");
  });

const Cluster = z.strictObject({
  name: Name.refine(
    (name) => name !== PROCESS_AGENT,
    `another name than ${PROCESS_AGENT}, which is the agent that runs processes`,
  ),
  nodes: z.array(NodeGroup).min(1).max(MOST_SIMULATED_NODES),
});

export const NodesFile = z
  .strictObject({
    clusters: z.array(Cluster).min(1).max(MOST_CLUSTERS),
    local: z.boolean().default(true).describe('Whether processes run on this machine as well'),
  })
  .superRefine(({ clusters }, context) => {
    const total = clusters.flatMap(({ nodes }) => nodes).reduce((sum, { count }) => sum + count, 0);
    if (total > MOST_SIMULATED_NODES) {
      const message = `at most ${MOST_SIMULATED_NODES} nodes in all; these are ${total}: lower a count`;
      context.addIssue({ code: 'custom', path: ['clusters'], message });
      return;
    }
    const firsts = new Map<string, number>();
    clusters.forEach(({ name }, index) => {
      const first = firsts.get(name);
      if (first === undefined) firsts.set(name, index);
      else {
        const message = `another name: clusters[${first}] has it; put the nodes of one cluster into one entry`;
        context.addIssue({ code: 'custom', path: ['clusters', index, 'name'], message });
      }
    });
    for (const twice of namesTaken(clusters)) {
      const { cluster, group, name, by } = twice;
      const message = `names that are free: nodes[${by}] of the cluster has ${name} already`;
      context.addIssue({ code: 'custom', path: ['clusters', cluster, 'nodes', group, 'name'], message });
    }
  });

export type NodesFile = z.output<typeof NodesFile>;
type Group = z.output<typeof NodeGroup>;
type Taint = z.output<typeof Taint>;

/** As the runner's facts have it. */
export interface SimulatedNode {
  readonly name: string;
  /** cpu in millicores, memory in bytes, others in units. */
  readonly allocatable: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly unschedulable?: boolean;
}

/** Every node of a cluster, in the order of the file. */
export function nodesOf(cluster: NodesFile['clusters'][number]): SimulatedNode[] {
  return cluster.nodes.flatMap((group) => Array.from({ length: group.count }, (_, n) => nodeOf(group, n)));
}

function nodeOf({ name: pattern, allocatable, labels, taints, unschedulable, zone, rack }: Group, n: number) {
  const name = filled(pattern, n);
  const places = {
    ...(zone === undefined ? {} : { [ZONE]: filled(zone, n) }),
    ...(rack === undefined ? {} : { [RACK]: filled(rack, n) }),
  };
  return {
    name,
    allocatable,
    labels: { ...labels, [HOSTNAME]: name, ...places },
    ...(taints.length === 0 ? {} : { taints }),
    ...(unschedulable ? { unschedulable } : {}),
  };
}

function filled(text: string, n: number): string {
  return text.replace(PLACEHOLDER, (_, divisor?: string) => String(Math.floor(n / Number(divisor ?? 1))));
}

/** The first name of each group that another group of its cluster has. */
function* namesTaken(clusters: readonly { readonly nodes: readonly { name: string; count: number }[] }[]) {
  for (const [cluster, { nodes }] of clusters.entries()) {
    const holders = new Map<string, number>();
    for (const [group, { name: pattern, count }] of nodes.entries()) {
      const names = new Set(Array.from({ length: count }, (_, n) => filled(pattern, n)));
      const name = [...names].find((candidate) => holders.has(candidate));
      if (name !== undefined) yield { cluster, group, name, by: holders.get(name) as number };
      for (const taken of names) if (!holders.has(taken)) holders.set(taken, group);
    }
  }
}
