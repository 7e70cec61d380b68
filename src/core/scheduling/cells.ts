/**
 * What quota is counted in: a cell for each resource of each flavor, and one for each resource over all
 * flavors. A job charges the cells of its flavor and those over all.
 */
import type { Resources } from '../job/spec.ts';
import type { Tree } from './tree.ts';

export interface Cells {
  readonly resources: readonly string[];
  readonly resourceIndex: ReadonlyMap<string, number>;
  /** Names of flavors; the flavor with index f has cells from (f + 1) × resources on. */
  readonly flavors: readonly string[];
  readonly count: number;
  /** Nominal quota of each queue's own, by queue × cell. */
  readonly nominal: Float64Array;
  /** Nominal quota of a queue and all below it. */
  readonly nominalBelow: Float64Array;
  /** Of its subtree, what it may keep from others, and what it may have beyond it. */
  readonly subtree: Float64Array;
  readonly kept: Float64Array;
  readonly borrowing: Float64Array;
  /** By root × cell (rows of other queues are unused): whether any queue of the tree names it. */
  readonly limited: Uint8Array;
}

export function cellsOf(tree: Tree, resources: readonly string[], flavors: readonly string[]): Cells {
  const width = resources.length;
  const count = (flavors.length + 1) * width;
  const size = tree.queues.length * count;
  const cells = {
    resources,
    resourceIndex: new Map(resources.map((name, index) => [name, index])),
    flavors,
    count,
    nominal: new Float64Array(size),
    nominalBelow: new Float64Array(size),
    subtree: new Float64Array(size),
    kept: new Float64Array(size),
    borrowing: new Float64Array(size).fill(Number.POSITIVE_INFINITY),
    limited: new Uint8Array(size),
  };
  const lending = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  tree.queues.forEach((queue, index) => {
    const row = index * count;
    const read = (amounts: Resources | undefined, into: Float64Array, from: number) => {
      for (const [name, amount] of Object.entries(amounts ?? {}))
        into[row + from + cells.resourceIndex.get(name)!] = amount;
    };
    const mark = (amounts: Resources, from: number) => {
      for (const name of Object.keys(amounts))
        cells.limited[tree.root[index]! * count + from + cells.resourceIndex.get(name)!] = 1;
    };
    const parts = (queue.flavors ?? []).map((part) => ({ ...part, from: at(flavors, part.flavor, width) }));
    for (const { quota, borrowing, lending: lent, from } of [{ ...queue, from: 0 }, ...parts]) {
      if (from < 0) continue;
      mark(quota, from);
      read(quota, cells.nominal, from);
      read(borrowing, cells.borrowing, from);
      read(lent, lending, from);
    }
  });
  addUp(tree, cells, lending);
  return cells;
}

/** A flavor that is not there has no nodes and no cells. */
function at(flavors: readonly string[], name: string, width: number): number {
  const index = flavors.indexOf(name);
  return index === -1 ? -1 : (index + 1) * width;
}

/** What a queue does not lend stays its own; the rest is its parent's to give. */
function addUp({ downwards, parent }: Tree, cells: Cells, lending: Float64Array): void {
  const { count, nominal, nominalBelow, subtree, kept } = cells;
  subtree.set(nominal);
  nominalBelow.set(nominal);
  for (const queue of downwards.toReversed()) {
    const above = parent[queue]!;
    if (above === -1) continue;
    for (let cell = 0; cell < count; cell += 1) {
      const own = queue * count + cell;
      const whole = subtree[own]!;
      kept[own] = Math.max(0, whole - lending[own]!);
      subtree[above * count + cell]! += whole - kept[own]!;
      nominalBelow[above * count + cell]! += nominalBelow[own]!;
    }
  }
}
