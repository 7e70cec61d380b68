/** Whether a node may hold a member: labels and taints, as Kubernetes reads them. */
import type { Toleration } from '../job/spec.ts';
import type { Flavor, Taint } from './queue.ts';
import type { MemberGroup, NodeSnapshot } from './snapshot.ts';

export function selects(node: NodeSnapshot, group: MemberGroup, flavor: Flavor | undefined): boolean {
  if (node.unschedulable) return false;
  if (!hasLabels(node, group.nodeSelector)) return false;
  if (flavor && !hasLabels(node, flavor.nodeLabels)) return false;
  const tolerations = [...(group.tolerations ?? []), ...(flavor?.tolerations ?? [])];
  return (node.taints ?? []).every((taint) => tolerated(taint, tolerations));
}

function hasLabels({ labels }: NodeSnapshot, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** `PreferNoSchedule` keeps nobody away. */
function tolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  if (taint.effect === 'PreferNoSchedule') return true;
  return tolerations.some(({ key, operator = 'Equal', value, effect }) => {
    if (effect !== undefined && effect !== taint.effect) return false;
    if (key === undefined) return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''));
  });
}
