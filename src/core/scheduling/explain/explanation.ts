/** Puts the verdicts of a cycle into their order: queues by name, the jobs of each by rank, each refusal once. */
import type { Cycle } from '../cycle.ts';
import type { Line, Lines } from '../lines.ts';
import { tooEarly } from '../nominate.ts';
import type { Explanation, Refusal } from '../plan.ts';
import type { Shape } from '../shape.ts';
import { neverFits } from './refuse.ts';

export function explanationOf(cycle: Cycle, { all }: Lines): Explanation {
  const { entries, outside } = cycle.board;
  const size = entries.size - cycle.started.size;
  const told: Told = {
    uids: [],
    refusal: new Int32Array(size),
    position: new Int32Array(size),
    refusals: [],
    known: new Map(),
  };
  for (const line of all) if (line) tellLine(cycle, line, told);
  const last = [...outside.values()].sort((a, b) => (a.job.uid < b.job.uid ? -1 : 1));
  for (const { job, refusal } of last) tell(told, { uid: job.uid, why: indexOf(told, refusal!), place: 1 });
  const { uids, refusal, position, refusals } = told;
  return { uids, refusal, position, refusals };
}

interface Told {
  readonly uids: string[];
  readonly refusal: Int32Array;
  readonly position: Int32Array;
  readonly refusals: Refusal[];
  readonly known: Map<Refusal, number>;
}

/** Most jobs share the refusal of their shape: it is looked up once for all of them. */
function tellLine(cycle: Cycle, line: Line, told: Told): void {
  const ofShape = new Map<Shape, number>();
  const startsSome = cycle.started.size > 0;
  let place = 0;
  for (const { job, shape } of line.entries) {
    if (startsSome && cycle.started.has(job.uid)) continue;
    place += 1;
    const own = cycle.verdicts.get(job.uid) ?? tooEarly(cycle, job);
    let why = own ? indexOf(told, own) : ofShape.get(shape);
    if (why === undefined) {
      why = indexOf(told, shapeVerdict(cycle, line, shape));
      ofShape.set(shape, why);
    }
    tell(told, { uid: job.uid, why, place });
  }
}

function tell(told: Told, { uid, why, place }: { uid: string; why: number; place: number }): void {
  told.refusal[told.uids.length] = why;
  told.position[told.uids.length] = place;
  told.uids.push(uid);
}

function indexOf({ refusals, known }: Told, refusal: Refusal): number {
  let index = known.get(refusal);
  if (index === undefined) {
    index = refusals.push(refusal) - 1;
    known.set(refusal, index);
  }
  return index;
}

/** What keeps all of a shape from starting; else what keeps their queue. */
function shapeVerdict(cycle: Cycle, line: Line, shape: Shape): Refusal {
  const failed = line.failed.get(shape)?.refusal;
  if (failed) return failed;
  const never = neverFits(cycle, line.queue, shape);
  return never?.alone ? never : line.closed!;
}
