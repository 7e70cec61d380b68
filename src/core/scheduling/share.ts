/**
 * Which queue is next: from the root of the tree downwards, always the child whose share of the cluster,
 * present and of late together, is smallest for its weight.
 *
 * Sources: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011; for trees, Bhattacharya et al.,
 * "Hierarchical Scheduling for Diverse Datacenter Workloads", SoCC 2013 (without its rescaling: shares of
 * siblings are compared as they are).
 */
import type { Requests } from './shape.ts';
import { type Tree, upwards } from './tree.ts';
import { WHOLE } from './use.ts';

export class Shares {
  readonly #tree: Tree;
  readonly #capacity: Float64Array;
  /** By queue × resource: of its own jobs, and with those below it. */
  readonly #own: Float64Array;
  readonly #all: Float64Array;
  readonly #ownShare: Float64Array;
  readonly #share: Float64Array;
  /** Of late: its own, and with those below it. */
  readonly #ownUse: Float64Array;
  readonly #use: Float64Array;

  constructor(tree: Tree, capacity: Float64Array) {
    const queues = tree.queues.length;
    this.#tree = tree;
    this.#capacity = capacity;
    this.#own = new Float64Array(queues * capacity.length);
    this.#all = new Float64Array(queues * capacity.length);
    this.#ownShare = new Float64Array(queues);
    this.#share = new Float64Array(queues);
    this.#ownUse = new Float64Array(queues);
    this.#use = new Float64Array(queues);
  }

  /** With what the queues used of late. @param uses of their own jobs, by name */
  copy(uses: ReadonlyMap<string, number>): Shares {
    const copy = new Shares(this.#tree, this.#capacity);
    copy.#own.set(this.#own);
    copy.#all.set(this.#all);
    copy.#ownShare.set(this.#ownShare);
    copy.#share.set(this.#share);
    this.#tree.queues.forEach(({ name }, queue) => {
      const use = uses.get(name) ?? 0;
      copy.#ownUse[queue] = use;
      for (const at of upwards(this.#tree, queue)) copy.#use[at]! += use;
    });
    return copy;
  }

  charge(queue: number, { resources, amounts }: Requests, times = 1): void {
    const width = this.#capacity.length;
    for (let i = 0; i < resources.length; i += 1) {
      const amount = amounts[i]! * times;
      this.#own[queue * width + resources[i]!]! += amount;
      for (const at of upwards(this.#tree, queue)) this.#all[at * width + resources[i]!]! += amount;
    }
    this.#ownShare[queue] = this.#dominant(this.#own, queue);
    for (const at of upwards(this.#tree, queue)) this.#share[at] = this.#dominant(this.#all, at);
  }

  /** The largest part of any one resource that the queue's own jobs have, in parts of `WHOLE`. */
  ofQueue(queue: number): number {
    return this.#ownShare[queue]!;
  }

  #dominant(used: Float64Array, queue: number): number {
    const width = this.#capacity.length;
    let largest = 0;
    for (let resource = 0; resource < width; resource += 1) {
      const whole = this.#capacity[resource]!;
      const amount = used[queue * width + resource]!;
      if (whole > 0 && amount > 0) largest = Math.max(largest, Math.floor((amount / whole) * WHOLE));
    }
    return largest;
  }

  /** @param open for each queue how many lines in it and below it have something left */
  next(open: Int32Array, hasOwn: (queue: number) => boolean): number {
    let at = this.#least(this.#tree.roots, open);
    while (at !== -1) {
      const below = this.#least(this.#tree.children[at]!, open);
      if (below === -1) return at;
      if (hasOwn(at) && this.#ownShare[at]! + this.#ownUse[at]! <= this.#claim(below)) return at;
      at = below;
    }
    return -1;
  }

  /** By share for weight, then by name. */
  #least(queues: readonly number[], open: Int32Array): number {
    let best = -1;
    for (const queue of queues) {
      if (open[queue] === 0) continue;
      if (best === -1 || this.#claim(queue) < this.#claim(best)) best = queue;
    }
    return best;
  }

  #claim(queue: number): number {
    return Math.floor((this.#share[queue]! + this.#use[queue]!) / (this.#tree.queues[queue]!.weight ?? 1));
  }
}
