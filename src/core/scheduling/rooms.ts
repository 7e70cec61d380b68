/**
 * What is free on each node, now and for those who stay: a node on which room is reserved for later can be
 * used in full only by who is gone by then.
 */

import type { Flavor } from './queue.ts';
import { selects } from './selects.ts';
import type { Requests, ShapeGroup } from './shape.ts';
import type { NodeSnapshot } from './snapshot.ts';
import { domainOf, type Level } from './topology.ts';

export interface Domains {
  readonly names: readonly string[];
  /** Of each node; -1: in none. */
  readonly of: Int32Array;
  readonly nodes: readonly (readonly number[])[];
}

/** The nodes of all agents, by agent and name. What of them does not change in a cycle. */
export class Nodes {
  readonly all: readonly NodeSnapshot[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly resources: readonly string[];
  /** By node × resource. */
  readonly allocatable: Float64Array;
  /** Of all that can be used, by resource. */
  readonly capacity: Float64Array;
  readonly #domains = new Map<Level, Domains>();
  readonly #masks = new Map<string, Uint8Array>();
  readonly #flavors: readonly Flavor[];

  constructor(
    nodes: readonly NodeSnapshot[],
    resources: ReadonlyMap<string, number>,
    flavors: readonly Flavor[],
  ) {
    this.all = [...nodes].sort((a, b) => compare(a.agent, b.agent) || compare(a.name, b.name));
    this.indexOf = new Map(this.all.map(({ agent, name }, index) => [`${agent}/${name}`, index]));
    this.resources = [...resources.keys()];
    this.#flavors = flavors;
    const width = this.resources.length;
    this.allocatable = new Float64Array(this.all.length * width);
    this.capacity = new Float64Array(width);
    this.all.forEach((node, index) => {
      for (const [name, amount] of Object.entries(node.allocatable)) {
        const resource = resources.get(name)!;
        this.allocatable[index * width + resource] = amount;
        if (!node.unschedulable) this.capacity[resource]! += amount;
      }
    });
  }

  /** Those of a level, by name. */
  domains(level: Level): Domains {
    let known = this.#domains.get(level);
    if (!known) {
      known = this.#group(level);
      this.#domains.set(level, known);
    }
    return known;
  }

  #group(level: Level): Domains {
    const named = this.all.map((node) => domainOf(node, level));
    const names = [...new Set(named.filter((name) => name !== undefined))].sort();
    const index = new Map(names.map((name, at) => [name, at]));
    const of = Int32Array.from(named, (name) => (name === undefined ? -1 : index.get(name)!));
    const nodes: number[][] = names.map(() => []);
    of.forEach((domain, node) => {
      nodes[domain]?.push(node);
    });
    return { names, of, nodes };
  }

  /** For each node 1 where a member of the group may be. @param flavor -1: any */
  mask({ group }: ShapeGroup, flavor: number): Uint8Array {
    const key = `${flavor} ${JSON.stringify([group.nodeSelector, group.tolerations ?? []])}`;
    let mask = this.#masks.get(key);
    if (!mask) {
      const kind = this.#flavors[flavor];
      mask = Uint8Array.from(this.all, (node) => (selects(node, group, kind) ? 1 : 0));
      this.#masks.set(key, mask);
    }
    return mask;
  }

  /** The part of all capacity that an amount is, summed: what is scarce weighs more. */
  weigh({ resources, amounts }: Requests): number {
    let weight = 0;
    for (let i = 0; i < resources.length; i += 1) {
      const whole = this.capacity[resources[i]!]!;
      if (whole > 0) weight += amounts[i]! / whole;
    }
    return weight;
  }
}

export class Rooms {
  readonly nodes: Nodes;
  /** By node × resource. */
  readonly free: Float64Array;
  /** The same for who is not gone when the reservations of the node begin. */
  readonly long: Float64Array;
  /** When the first reservation of a node begins. */
  readonly reservedAt: Float64Array;
  /** How full each node is: the part of all capacity that is free there. Less is fuller. */
  readonly left: Float64Array;

  constructor(nodes: Nodes, from?: Rooms) {
    this.nodes = nodes;
    this.free = (from?.free ?? nodes.allocatable).slice();
    this.long = (from?.long ?? nodes.allocatable).slice();
    this.reservedAt = from?.reservedAt.slice() ?? new Float64Array(nodes.all.length).fill(Infinity);
    this.left = from?.left.slice() ?? Float64Array.from(nodes.all, (_, node) => this.#leftOf(node));
  }

  copy(): Rooms {
    return new Rooms(this.nodes, this);
  }

  /** A copy without reservations. */
  unreserved(): Rooms {
    const copy = this.copy();
    copy.long.set(copy.free);
    copy.reservedAt.fill(Infinity);
    return copy;
  }

  set(from: Rooms): void {
    this.free.set(from.free);
    this.long.set(from.long);
    this.reservedAt.set(from.reservedAt);
    this.left.set(from.left);
  }

  /** So many members of one kind on a node, until `ends`. @param times negative: gone */
  take(node: number, { resources, amounts }: Requests, use: { times: number; ends: number }): void {
    const row = node * this.nodes.resources.length;
    const stays = use.ends > this.reservedAt[node]! || this.reservedAt[node] === Infinity;
    for (let i = 0; i < resources.length; i += 1) {
      const at = row + resources[i]!;
      const amount = amounts[i]! * use.times;
      this.free[at]! -= amount;
      if (stays) this.long[at]! -= amount;
      else if (this.long[at]! > this.free[at]!) this.long[at] = this.free[at]!;
    }
    this.left[node] = this.#leftOf(node);
  }

  /** What a node has for who leaves by `ends`. */
  roomFor(node: number, ends: number): Float64Array {
    return ends > this.reservedAt[node]! ? this.long : this.free;
  }

  #leftOf(node: number): number {
    const { capacity, resources } = this.nodes;
    const row = node * resources.length;
    let left = 0;
    for (let resource = 0; resource < resources.length; resource += 1) {
      const whole = capacity[resource]!;
      if (whole > 0) left += Math.max(0, this.free[row + resource]!) / whole;
    }
    return left;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
