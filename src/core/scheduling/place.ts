/**
 * Finds the nodes of a whole gang, or none (invariant 4). Best fit on every level: the smallest domain that
 * holds the gang, the fullest node that holds a member, so that large blocks stay whole. Nothing is taken.
 */
import type { Rooms } from './rooms.ts';
import type { Shape, ShapeGroup } from './shape.ts';
import { type Level, levelsFor } from './topology.ts';

export interface Spot {
  readonly agent: string;
  /** Where the job asked for a level, and the nodes of it. */
  readonly domain?: string | undefined;
  readonly nodes?: readonly number[] | undefined;
  /** -1: any. */
  readonly flavor: number;
  readonly parts: readonly SpotPart[];
}

export interface SpotPart {
  readonly node: number;
  readonly group: ShapeGroup;
  readonly count: number;
}

export interface PlaceOptions {
  readonly flavor: number;
  /** When the job is expected to have ended; Infinity: nobody knows. */
  readonly ends: number;
}

export interface At extends PlaceOptions {
  readonly level: Level;
}

export function place(rooms: Rooms, shape: Shape, options: PlaceOptions): Spot | undefined {
  for (const level of levelsFor(shape.topology)) {
    const at = { ...options, level };
    for (const domain of candidates(rooms, shape, at)) {
      const spot = placeIn(rooms, shape, { ...at, domain });
      if (spot) return spot;
    }
  }
  return undefined;
}

/** In one domain of a level. */
export function placeIn(rooms: Rooms, shape: Shape, at: At & { readonly domain: number }): Spot | undefined {
  const { level, domain, flavor } = at;
  const { names, nodes } = rooms.nodes.domains(level);
  const within = nodes[domain] ?? [];
  const parts = fitAll(rooms, shape, { ...at, within });
  const first = within[0];
  if (!parts || first === undefined) return undefined;
  const { agent } = rooms.nodes.all[first]!;
  if (level === 'none') return { agent, flavor, parts };
  return { agent, flavor, parts, domain: names[domain], nodes: within };
}

/** Domains that may hold the gang, by how little room for its hardest members they have. */
function candidates(rooms: Rooms, shape: Shape, { level, flavor, ends }: At): readonly number[] {
  const { names, of } = rooms.nodes.domains(level);
  const [hardest] = shape.groups;
  if (!hardest || names.length === 1) return names.map((_, domain) => domain);
  const mask = rooms.nodes.mask(hardest, flavor);
  const fits = new Float64Array(names.length);
  const left = new Float64Array(names.length);
  for (let node = 0; node < mask.length; node += 1) {
    const domain = of[node]!;
    if (domain === -1 || mask[node] === 0) continue;
    const many = membersOn(rooms, node, { group: hardest, ends });
    if (many === 0) continue;
    fits[domain]! += many;
    left[domain]! += rooms.left[node]!;
  }
  const found: number[] = [];
  fits.forEach((many, domain) => {
    if (many >= hardest.count) found.push(domain);
  });
  // Agents are taken in the order of their names: the first that has room.
  if (level === 'none') return found;
  return found.sort((a, b) => fits[a]! - fits[b]! || left[a]! - left[b]! || a - b);
}

/** How many members of a group a node holds, of at most as many as the group has. */
function membersOn(
  rooms: Rooms,
  node: number,
  { group, ends }: { readonly group: ShapeGroup; readonly ends: number },
): number {
  const { resources, amounts } = group.requests;
  const room = rooms.roomFor(node, ends);
  const row = node * rooms.nodes.resources.length;
  let many = group.count;
  for (let i = 0; i < resources.length; i += 1) {
    const free = room[row + resources[i]!]!;
    if (free < amounts[i]! * many) many = Math.floor(free / amounts[i]!);
    if (many <= 0) return 0;
  }
  return many;
}

interface Within extends PlaceOptions {
  readonly within: readonly number[];
}

/**
 * All groups on these nodes. With several, what the first take is counted while the next are placed; the most
 * demanding goes first, and where that leads nowhere the one that the fewest nodes may hold.
 */
function fitAll(rooms: Rooms, shape: Shape, options: Within): SpotPart[] | undefined {
  const [only] = shape.groups;
  if (shape.groups.length === 1) return fitGroup(rooms, only!, options);
  return (
    fitInOrder(rooms, shape.groups, options) ??
    fitInOrder(rooms, pickiestFirst(rooms, shape.groups, options), options) ??
    fitInOrder(rooms, shape.groups.toReversed(), options)
  );
}

function pickiestFirst(
  rooms: Rooms,
  groups: readonly ShapeGroup[],
  { within, flavor }: Within,
): readonly ShapeGroup[] {
  const choices = (group: ShapeGroup) => {
    const mask = rooms.nodes.mask(group, flavor);
    return within.reduce((sum, node) => sum + mask[node]!, 0);
  };
  return groups.toSorted((a, b) => choices(a) - choices(b));
}

function fitInOrder(rooms: Rooms, groups: readonly ShapeGroup[], options: Within): SpotPart[] | undefined {
  const trial = rooms.copy();
  const parts: SpotPart[] = [];
  for (const group of groups) {
    const placed = fitGroup(trial, group, options);
    if (!placed) return undefined;
    for (const part of placed)
      trial.take(part.node, group.requests, { times: part.count, ends: options.ends });
    parts.push(...placed);
  }
  return parts;
}

function fitGroup(rooms: Rooms, group: ShapeGroup, options: Within): SpotPart[] | undefined {
  if (group.count === 1) return fitOne(rooms, group, options);
  const { within, flavor, ends } = options;
  const mask = rooms.nodes.mask(group, flavor);
  const many = new Int32Array(within.length);
  let total = 0;
  for (let at = 0; at < within.length; at += 1) {
    const node = within[at]!;
    if (mask[node] === 0) continue;
    many[at] = membersOn(rooms, node, { group, ends });
    total += many[at]!;
  }
  if (total < group.count) return undefined;
  const parts: SpotPart[] = [];
  for (let rest = group.count; rest > 0; ) {
    const at = next(rooms, within, { many, rest });
    const count = Math.min(rest, many[at]!);
    parts.push({ node: within[at]!, group, count });
    many[at] = 0;
    rest -= count;
  }
  return parts;
}

/** The fullest node that holds one member. */
function fitOne(rooms: Rooms, group: ShapeGroup, { within, flavor, ends }: Within): SpotPart[] | undefined {
  const mask = rooms.nodes.mask(group, flavor);
  const { left } = rooms;
  let best = -1;
  for (let at = 0; at < within.length; at += 1) {
    const node = within[at]!;
    if (mask[node] === 0 || (best !== -1 && left[node]! >= left[best]!)) continue;
    if (membersOn(rooms, node, { group, ends }) > 0) best = node;
  }
  return best === -1 ? undefined : [{ node: best, group, count: 1 }];
}

/** The node with the least room that holds all that is left, or the one that holds most. The fuller one of two. */
function next(
  rooms: Rooms,
  within: readonly number[],
  { many, rest }: { readonly many: Int32Array; readonly rest: number },
): number {
  let best = -1;
  let bestLeft = 0;
  for (let at = 0; at < many.length; at += 1) {
    const here = many[at]!;
    if (here === 0) continue;
    const order = best === -1 ? -1 : preference(here, many[best]!, rest);
    if (order > 0) continue;
    const left = rooms.left[within[at]!]!;
    if (order === 0 && left >= bestLeft) continue;
    best = at;
    bestLeft = left;
  }
  return best;
}

/** Below zero when a node for `a` members is the better one, above zero when the one for `b` is. */
function preference(a: number, b: number, rest: number): number {
  const holdsAll = (many: number) => many >= rest;
  if (holdsAll(a) !== holdsAll(b)) return holdsAll(a) ? -1 : 1;
  return holdsAll(a) ? 0 : b - a;
}

/** As many more members of a group as fit, on the nodes where the gang may be. */
export function fillMore(
  rooms: Rooms,
  group: ShapeGroup,
  { spot, ends }: { readonly spot: Spot; readonly ends: number },
): { readonly node: number; readonly count: number }[] {
  const { all } = rooms.nodes;
  const mask = rooms.nodes.mask(group, spot.flavor);
  const inside = spot.nodes ?? [...all.keys()].filter((node) => all[node]!.agent === spot.agent);
  const found: { node: number; count: number }[] = [];
  let rest = group.count;
  for (const node of inside) {
    if (rest === 0) break;
    const count = mask[node] === 0 ? 0 : Math.min(rest, membersOn(rooms, node, { group, ends }));
    if (count > 0) found.push({ node, count });
    rest -= count;
  }
  return found;
}
