/** Puts the verdicts of a cycle into their order: queues by name, the jobs of each by rank, each refusal once. */
import type { Entry } from '../board.ts';
import type { Cycle } from '../cycle.ts';
import type { Line, Lines } from '../lines.ts';
import { tooEarly } from '../nominate.ts';
import type { Explanation, Refusal } from '../plan.ts';
import { neverFits } from './refuse.ts';

export function explanationOf(cycle: Cycle, { all }: Lines): Explanation {
  const { entries, outside } = cycle.board;
  const size = entries.size - cycle.started.size;
  const refusals: Refusal[] = [];
  const known = new Map<Refusal, number>();
  const uids: string[] = [];
  const refusal = new Int32Array(size);
  const position = new Int32Array(size);
  const tell = (uid: string, why: Refusal, place: number) => {
    let index = known.get(why);
    if (index === undefined) {
      index = refusals.push(why) - 1;
      known.set(why, index);
    }
    refusal[uids.length] = index;
    position[uids.length] = place;
    uids.push(uid);
  };
  for (const line of all) {
    let place = 0;
    for (const entry of line?.entries ?? []) {
      if (cycle.started.has(entry.job.uid)) continue;
      place += 1;
      tell(entry.job.uid, verdictOf(cycle, line!, entry), place);
    }
  }
  const last = [...outside.values()].sort((a, b) => (a.job.uid < b.job.uid ? -1 : 1));
  for (const { job, refusal: why } of last) tell(job.uid, why!, 1);
  return { uids, refusal, position, refusals };
}

/** Its own; then what keeps all of its shape from starting; then what keeps its queue. */
function verdictOf(cycle: Cycle, line: Line, { job, shape }: Entry): Refusal {
  const own = cycle.verdicts.get(job.uid) ?? tooEarly(cycle, job) ?? line.failed.get(shape)?.refusal;
  if (own) return own;
  const never = neverFits(cycle, line.queue, shape);
  return never?.alone ? never : line.closed!;
}
