/**
 * Those for whom others were stopped come before all: the room is theirs until they start. First in the order in
 * which room was kept, each where it was kept; then, after a restart, whoever is known to wait for it by its reason.
 */
import { admit, endsBy } from './admit.ts';
import type { Entry } from './board.ts';
import type { Cycle } from './cycle.ts';
import { closedFor, flavorsFor } from './nominate.ts';
import type { Spot, SpotPart } from './place.ts';
import type { Reserve } from './plan.ts';
import { MAX_RESERVATIONS } from './reserve.ts';
import type { Shape } from './shape.ts';
import { spotFor, type Visits, waitsForStops } from './visit.ts';

export function startReserved(visits: Visits): void {
  const { cycle } = visits;
  const kept = new Map(cycle.reserved.map((reserve) => [reserve.uid, reserve]));
  const { awaited, entries } = cycle.board;
  const known = [...kept.keys()].flatMap((uid) => entries.get(uid) ?? []);
  const waiting = [...new Set([...known, ...awaited.values()])].filter(({ queue }) => queue !== -1);
  const order = new Map([...kept.keys()].map((uid, at) => [uid, at]));
  const placeOf = ({ job }: Entry) => order.get(job.uid) ?? kept.size;
  waiting.sort((a, b) => placeOf(a) - placeOf(b) || (a.job.uid < b.job.uid ? -1 : 1));
  for (const entry of waiting) start(visits, entry, kept.get(entry.job.uid));
}

function start({ cycle, lines }: Visits, { job, queue, shape }: Entry, kept: Reserve | undefined): void {
  const line = lines.all[queue]!;
  if (closedFor(cycle, line)) return;
  const ends = endsBy(cycle, job);
  const same = kept && sameSpot(cycle, kept, { queue, shape, ends });
  const spot = same ?? spotFor(cycle, line, { shape, ends });
  if (spot) admit(cycle, { job, queue, shape, spot, backfilled: false });
  else if (cycle.reserves.length < MAX_RESERVATIONS) waitsForStops(cycle, { job, queue, shape });
}

/** Where room was kept, if all of it is free now. */
function sameSpot(
  cycle: Cycle,
  kept: Reserve,
  { queue, shape, ends }: { readonly queue: number; readonly shape: Shape; readonly ends: number },
): Spot | undefined {
  const { rooms, nodes, quota } = cycle;
  const flavor = kept.flavor === undefined ? -1 : (cycle.flavorIndex.get(kept.flavor) ?? -2);
  if (!flavorsFor(cycle, queue).includes(flavor)) return undefined;
  if (quota.shortOf(queue, shape.total, flavor) !== -1) return undefined;
  const parts = kept.placed.flatMap(({ node, group, count }): SpotPart[] => {
    const index = nodes.indexOf.get(`${kept.agent}/${node}`);
    const found = shape.groups.find(({ at }) => at === group);
    return index === undefined || !found || nodes.mask(found, flavor)[index] === 0
      ? []
      : [{ node: index, group: found, count }];
  });
  const members = parts.reduce((sum, { count }) => sum + count, 0);
  if (parts.length < kept.placed.length || members !== shape.members) return undefined;
  const trial = rooms.copy();
  for (const { node, group, count } of parts) {
    trial.take(node, group.requests, { times: count, ends });
    const row = node * nodes.resources.length;
    const room = trial.roomFor(node, ends);
    if (group.requests.resources.some((resource) => room[row + resource]! < 0)) return undefined;
  }
  return { agent: kept.agent, flavor, parts, domain: kept.domain };
}
