/** Puts the verdicts of a cycle into their order: queues by name, the jobs of each by rank, each refusal once. */
import type { Cycle } from '../cycle.ts';
import type { Line, Lines } from '../lines.ts';
import { tooEarly } from '../nominate.ts';
import type { Explanation, Refusal } from '../plan.ts';
import type { PendingJob } from '../snapshot.ts';
import { neverFits } from './refuse.ts';

export function explanationOf(cycle: Cycle, { all, outside }: Lines): Explanation {
  const size = cycle.snapshot.pending.length - cycle.started.size;
  const refusals: Refusal[] = [];
  const known = new Map<Refusal, number>();
  const uids: string[] = [];
  const refusal = new Int32Array(size);
  const position = new Int32Array(size);
  const tell = (job: PendingJob, why: Refusal, place: number) => {
    let index = known.get(why);
    if (index === undefined) {
      index = refusals.push(why) - 1;
      known.set(why, index);
    }
    refusal[uids.length] = index;
    position[uids.length] = place;
    uids.push(job.uid);
  };
  for (const line of all) {
    let place = 0;
    for (const job of line?.jobs ?? []) {
      if (cycle.started.has(job)) continue;
      place += 1;
      tell(job, cycle.verdicts.get(job) ?? ownReason(cycle, line!, job) ?? line!.closed!, place);
    }
  }
  const last = [...outside].sort((a, b) => (a.uid < b.uid ? -1 : 1));
  for (const job of last) tell(job, cycle.verdicts.get(job)!, 1);
  return { uids, refusal, position, refusals };
}

/** What keeps a job that was not looked at from starting, whatever its queue does. */
function ownReason(cycle: Cycle, { queue }: Line, job: PendingJob): Refusal | undefined {
  const own = tooEarly(cycle, job) ?? neverFits(cycle, queue, cycle.shapes.of(job));
  return own?.alone ? own : undefined;
}
