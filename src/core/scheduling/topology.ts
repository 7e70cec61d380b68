/** Where a node stands: in which rack of which zone. Levels from the widest to the narrowest. */
import type { Topology } from '../job/spec.ts';
import type { NodeSnapshot } from './snapshot.ts';

export type Level = Topology['level'];

/** `none` is the whole cluster of an agent. */
export const LEVELS: readonly Level[] = ['none', 'zone', 'rack', 'node'];

/** The first label that a node has names its domain; racks, blocks and the domains of links between GPUs are one level. */
const LABELS: Readonly<Record<'zone' | 'rack', readonly string[]>> = {
  zone: ['topology.kubernetes.io/zone'],
  rack: ['capstan.dev/rack', 'topology.kubernetes.io/rack', 'nvidia.com/gpu.clique'],
};

/** Unique over all agents; undefined when the node does not say, and then it is in no domain of the level. */
export function domainOf(node: NodeSnapshot, level: Level): string | undefined {
  if (level === 'none') return node.agent;
  if (level === 'node') return `${node.agent}/${node.name}`;
  for (const label of LABELS[level]) {
    const value = node.labels[label];
    if (value === undefined) continue;
    const zone = level === 'rack' ? domainOf(node, 'zone') : node.agent;
    return `${zone ?? node.agent}/${value}`;
  }
  return undefined;
}

/** The levels to try for a job, the narrowest first; only its own when it requires it. */
export function levelsFor(topology: Topology | undefined): readonly Level[] {
  if (!topology || topology.level === 'none') return ['none'];
  if (topology.required) return [topology.level];
  return LEVELS.slice(0, LEVELS.indexOf(topology.level) + 1).toReversed();
}
