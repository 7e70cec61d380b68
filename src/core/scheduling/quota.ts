/**
 * How much of its quota each queue uses, and what it may use still: its own, then what its parent has left,
 * which is what siblings lend. What a queue uses beyond what it keeps for itself is also its parent's use.
 *
 * The arithmetic of hierarchical borrowing is Kueue's (KEP-79, "Hierarchical cohorts"); the code is ours.
 */
import type { Cells } from './cells.ts';
import type { Requests } from './shape.ts';
import type { Tree } from './tree.ts';

export class Quota {
  readonly tree: Tree;
  readonly cells: Cells;
  /** By queue × cell; of a queue with children, also what they use beyond what they keep. */
  readonly usage: Float64Array;
  /** By queue × cell: all that the queue and those below it use. */
  readonly held: Float64Array;

  constructor(tree: Tree, cells: Cells, from?: Quota) {
    this.tree = tree;
    this.cells = cells;
    this.usage = from ? from.usage.slice() : new Float64Array(tree.queues.length * cells.count);
    this.held = from ? from.held.slice() : new Float64Array(tree.queues.length * cells.count);
  }

  copy(): Quota {
    return new Quota(this.tree, this.cells, this);
  }

  /** Takes over what another uses; both are of one tree. */
  set(from: Quota): void {
    this.usage.set(from.usage);
    this.held.set(from.held);
  }

  /** What the queue may still use of a cell; below zero when it uses more than it may. */
  available(queue: number, cell: number): number {
    const { tree, cells, usage } = this;
    if (cells.limited[tree.root[queue]! * cells.count + cell] === 0) return Number.POSITIVE_INFINITY;
    return this.#available(queue, cell, usage);
  }

  #available(queue: number, cell: number, usage: Float64Array): number {
    const { cells, tree } = this;
    const own = queue * cells.count + cell;
    const above = tree.parent[queue]!;
    if (above === -1) return cells.subtree[own]! - usage[own]!;
    const kept = cells.kept[own]!;
    const local = Math.max(0, kept - usage[own]!);
    const lentOut = cells.subtree[own]! - kept;
    const usedAbove = Math.max(0, usage[own]! - kept);
    const most = lentOut - usedAbove + cells.borrowing[own]!;
    return local + Math.min(most, this.#available(above, cell, usage));
  }

  /** What belongs to the queue and those below it. */
  nominalOf(queue: number, cell: number): number {
    return this.cells.nominalBelow[queue * this.cells.count + cell]!;
  }

  /** The first cell in which a gang finds too little, or -1. @param flavor -1: none is asked for */
  shortOf(queue: number, { resources, amounts }: Requests, flavor: number): number {
    const width = this.cells.resources.length;
    for (let i = 0; i < resources.length; i += 1) {
      const resource = resources[i]!;
      if (amounts[i]! > this.available(queue, resource)) return resource;
      if (flavor === -1) continue;
      const cell = (flavor + 1) * width + resource;
      if (amounts[i]! > this.available(queue, cell)) return cell;
    }
    return -1;
  }

  /** @param times 1 to charge, -1 to give back; a fraction never */
  charge(queue: number, { resources, amounts }: Requests, of: { flavor: number; times: number }): void {
    const width = this.cells.resources.length;
    for (let i = 0; i < resources.length; i += 1) {
      const amount = amounts[i]! * of.times;
      this.#move(queue, resources[i]!, amount);
      if (of.flavor !== -1) this.#move(queue, (of.flavor + 1) * width + resources[i]!, amount);
    }
  }

  #move(queue: number, cell: number, amount: number): void {
    const { cells, tree, usage, held } = this;
    let rest = amount;
    for (let at = queue; at !== -1; at = tree.parent[at]!) {
      const own = at * cells.count + cell;
      held[own]! += amount;
      if (rest === 0) continue;
      const kept = cells.kept[own]!;
      const before = Math.max(0, usage[own]! - kept);
      usage[own]! += rest;
      rest = Math.max(0, usage[own]! - kept) - before;
    }
  }
}
