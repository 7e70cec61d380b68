/**
 * What jobs ask for, once for all that ask for the same: the scheduler decides on shapes, of which there are
 * few, and not on fifty thousand jobs.
 */
import type { Topology } from '../job/spec.ts';
import type { JobFacts, MemberGroup } from './snapshot.ts';

/** Of one member: which resources, and how much of each. */
export interface Requests {
  readonly resources: Int32Array;
  readonly amounts: Float64Array;
}

export interface ShapeGroup {
  readonly group: MemberGroup;
  /** Its place in the job. */
  readonly at: number;
  readonly count: number;
  readonly max: number;
  readonly requests: Requests;
}

export interface Shape {
  readonly index: number;
  /** The most demanding first: what is hard to place goes first. */
  readonly groups: readonly ShapeGroup[];
  readonly topology: Topology | undefined;
  /** Of the whole gang at its least. */
  readonly total: Requests;
  readonly members: number;
  readonly elastic: boolean;
}

/** The scarcest first. @param amounts of one member, by index of resource */
export type Weigh = (requests: Requests) => number;

export class Shapes {
  readonly all: Shape[] = [];
  readonly #resources: ReadonlyMap<string, number>;
  readonly #weigh: Weigh;
  readonly #byArray = new WeakMap<readonly MemberGroup[], Shape[]>();
  readonly #byText = new Map<string, Shape>();

  constructor(resources: ReadonlyMap<string, number>, weigh: Weigh) {
    this.#resources = resources;
    this.#weigh = weigh;
  }

  of({ groups, topology }: Pick<JobFacts, 'groups' | 'topology'>): Shape {
    let known = this.#byArray.get(groups);
    if (!known) {
      known = [];
      this.#byArray.set(groups, known);
    }
    const found = known.find((shape) => sameTopology(shape.topology, topology));
    if (found) return found;
    const shape = this.#byContents(groups, topology);
    known.push(shape);
    return shape;
  }

  #byContents(groups: readonly MemberGroup[], topology: Topology | undefined): Shape {
    const text = textOf(groups, topology);
    const known = this.#byText.get(text);
    if (known) return known;
    const shape = this.#make(groups, topology);
    this.#byText.set(text, shape);
    this.all.push(shape);
    return shape;
  }

  #make(groups: readonly MemberGroup[], topology: Topology | undefined): Shape {
    const made = groups.map(
      (group, at): ShapeGroup => ({
        group,
        at,
        count: group.count,
        max: Math.max(group.count, group.max ?? group.count),
        requests: this.#requests(Object.entries(group.requests)),
      }),
    );
    const total = new Map<string, number>();
    for (const { count, requests } of groups) {
      for (const [name, amount] of Object.entries(requests))
        total.set(name, (total.get(name) ?? 0) + amount * count);
    }
    return {
      index: this.all.length,
      groups: made.sort((a, b) => this.#weigh(b.requests) - this.#weigh(a.requests) || a.at - b.at),
      topology: topology?.level === 'none' ? undefined : topology,
      total: this.#requests([...total]),
      members: groups.reduce((sum, { count }) => sum + count, 0),
      elastic: made.some(({ count, max }) => max > count),
    };
  }

  /** What is asked for nothing of is not asked for. */
  #requests(entries: readonly (readonly [string, number])[]): Requests {
    const indexed = entries
      .filter(([, amount]) => amount > 0)
      .map(([name, amount]) => [this.#resources.get(name)!, amount] as const)
      .sort((a, b) => a[0] - b[0]);
    return {
      resources: Int32Array.from(indexed, ([resource]) => resource),
      amounts: Float64Array.from(indexed, ([, amount]) => amount),
    };
  }
}

function sameTopology(a: Topology | undefined, b: Topology | undefined): boolean {
  const none = (topology: Topology | undefined) => !topology || topology.level === 'none';
  if (none(a) || none(b)) return none(a) && none(b);
  return a?.level === b?.level && a?.required === b?.required;
}

/** Equal for equal requests, however their keys are ordered. */
function textOf(groups: readonly MemberGroup[], topology: Topology | undefined): string {
  const sorted = (map: Readonly<Record<string, unknown>>) =>
    Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = groups.map(({ count, max, requests, nodeSelector, tolerations = [] }) => [
    count,
    max ?? count,
    sorted(requests),
    sorted(nodeSelector),
    tolerations,
  ]);
  const level = topology?.level ?? 'none';
  return JSON.stringify([parts, level, level !== 'none' && topology?.required === true]);
}
