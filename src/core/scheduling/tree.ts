/** The tree of queues, indexed: parents before children, so that one pass up or down visits all. */
import type { FlavorQuota, Queue } from './queue.ts';

export interface Tree {
  readonly queues: readonly Queue[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** -1: none. A parent that is not there counts as none. */
  readonly parent: Int32Array;
  readonly root: Int32Array;
  readonly roots: readonly number[];
  readonly depth: Int32Array;
  readonly children: readonly (readonly number[])[];
  /** Every queue after its parent. */
  readonly downwards: readonly number[];
  /** What of the flavors each may use: its own list, or that of the next above it that has one. */
  readonly flavors: readonly (readonly FlavorQuota[])[];
}

/** @throws RangeError when a queue is its own ancestor; `checkTree` refuses that with its place named */
export function treeOf(given: readonly Queue[]): Tree {
  const queues = [...given].sort((a, b) => (a.name < b.name ? -1 : 1));
  const indexOf = new Map(queues.map(({ name }, index) => [name, index]));
  const parent = Int32Array.from(queues, ({ parent: name }) =>
    name === undefined ? -1 : (indexOf.get(name) ?? -1),
  );
  const children: number[][] = queues.map(() => []);
  parent.forEach((above, index) => {
    children[above]?.push(index);
  });
  const roots = queues.flatMap((_, index) => (parent[index] === -1 ? [index] : []));
  const downwards = [...roots];
  for (let at = 0; at < downwards.length; at += 1) downwards.push(...(children[downwards[at]!] ?? []));
  if (downwards.length < queues.length) throw new RangeError('a queue is its own ancestor');
  const root = Int32Array.from(parent.keys());
  const depth = new Int32Array(queues.length);
  const flavors: (readonly FlavorQuota[])[] = queues.map(({ flavors: own = [] }) => own);
  for (const index of downwards) {
    const above = parent[index]!;
    if (above === -1) continue;
    root[index] = root[above]!;
    depth[index] = depth[above]! + 1;
    if (flavors[index]!.length === 0) flavors[index] = flavors[above]!;
  }
  return { queues, indexOf, parent, root, roots, depth, children, downwards, flavors };
}

/** A queue and all above it. */
export function* upwards({ parent }: Tree, queue: number): Generator<number> {
  for (let at = queue; at !== -1; at = parent[at]!) yield at;
}
