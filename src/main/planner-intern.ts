/** Jobs that ask for the same share one array of groups: messages between threads copy, and the scheduler knows by identity. */
import type { Delta } from '../core/scheduling/board.ts';
import type { JobFacts, MemberGroup, Snapshot } from '../core/scheduling/snapshot.ts';

/** Kinds of gangs that are remembered: then all are forgotten, and the shapes are found by contents once more. */
const MOST = 20_000;

const known = new Map<string, readonly MemberGroup[]>();

export function interned<T extends Snapshot | Delta>(of: T): T {
  return { ...of, pending: of.pending?.map(shared), holding: of.holding?.map(shared) };
}

function shared<J extends JobFacts>(job: J): J {
  const text = JSON.stringify(job.groups);
  const groups = known.get(text);
  if (groups) return { ...job, groups };
  if (known.size >= MOST) known.clear();
  known.set(text, job.groups);
  return job;
}
