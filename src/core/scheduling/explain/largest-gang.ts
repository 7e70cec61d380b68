/** The largest gang of a kind that could start on empty nodes: told where a larger one never will. */
import { place } from '../place.ts';
import type { Rooms } from '../rooms.ts';
import type { Shape } from '../shape.ts';

/** Members of all roles; the most numerous one is made smaller. Undefined when not even one member of it fits. */
export function largestGang(rooms: Rooms, shape: Shape, flavors: readonly number[]): number | undefined {
  const most = shape.groups.reduce((a, b) => (b.count > a.count ? b : a), shape.groups[0]!);
  const fits = (count: number) => {
    const groups = shape.groups.map((group) => (group === most ? { ...group, count } : group));
    return flavors.some((flavor) => place(rooms, { ...shape, groups }, { flavor, ends: 0 }));
  };
  let low = 0;
  let high = most.count;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low === 0 ? undefined : shape.members - most.count + low;
}
