/** The control groups of an attempt's members, by rank; none where nothing was delegated. */
import type { Launch } from '../launch.ts';
import type { ControlGroup } from './control-group.ts';
import { groupOf } from './delegation.ts';

export function groupsOf({ cgroup, spec }: Launch): ReadonlyMap<number, ControlGroup> {
  if (cgroup === undefined) return new Map();
  return new Map(spec.members.map(({ rank }) => [rank, groupOf(cgroup, spec.ref, rank)]));
}
