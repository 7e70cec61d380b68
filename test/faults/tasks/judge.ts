/** The promises about tasks: none lost, each completed exactly once, and whatever ran twice is explained. */
import type { JobView } from '../../../src/contract/job.ts';
import type { EventView } from '../../../src/contract/stream.ts';
import type { Trace } from './crew.ts';

export interface Seen {
  /** Uids in the order of their acknowledgement. */
  readonly acknowledged: readonly string[];
  readonly jobs: readonly JobView[];
  readonly events: readonly EventView[];
  readonly traces: readonly Trace[];
}

export interface Verdict {
  readonly broken: readonly string[];
  /** Tasks whose handler began more than once. */
  readonly ranTwice: number;
  /** Tasks that lost a lease. */
  readonly lostLeases: number;
}

export function judgeTasks(seen: Seen): Verdict {
  const traces = Map.groupBy(seen.traces, ({ uid }) => uid);
  const jobs = new Map(seen.jobs.map((job) => [job.metadata.uid, job]));
  const broken = [...existOnce(seen, jobs), ...endedOnce(seen, jobs), ...reallyRan(seen.jobs, traces)];
  let ranTwice = 0;
  for (const [uid, lines] of traces) {
    const began = lines.filter(({ what }) => what === 'start').map(({ attempt }) => attempt);
    if (began.length < 2) continue;
    ranTwice += 1;
    broken.push(...unexplained(uid, began, jobs.get(uid)));
  }
  const lostLeases = seen.jobs.filter(({ status }) => status.charges.lost > 0).length;
  return { broken, ranTwice, lostLeases };
}

function existOnce({ acknowledged, jobs }: Seen, byUid: ReadonlyMap<string, JobView>): string[] {
  const missing = acknowledged.filter((uid) => !byUid.has(uid));
  const known = new Set(acknowledged);
  const strange = jobs.filter(({ metadata }) => !known.has(metadata.uid));
  return [
    ...missing.map((uid) => `task ${uid} was acknowledged and is not there`),
    ...strange.map(({ metadata }) => `task ${metadata.uid} is there twice, or was never acknowledged`),
    ...(known.size < acknowledged.length ? ['two submissions were answered with one task'] : []),
    ...jobs
      .filter(({ status }) => status.state !== 'succeeded')
      .map(({ metadata, status }) => `task ${metadata.uid} is ${status.state}: ${status.message}`),
  ];
}

function endedOnce({ events }: Seen, jobs: ReadonlyMap<string, JobView>): string[] {
  const byUid = Map.groupBy(events, ({ uid }) => uid);
  return [...jobs].flatMap(([uid, { status }]) => {
    const own = byUid.get(uid) ?? [];
    const ends = own.filter(({ state }) => state === 'succeeded').length;
    const starts = own.filter(({ reason }) => reason === 'Started').length;
    return [
      ...(ends === 1 ? [] : [`task ${uid} ended ${ends} times`]),
      ...(starts === status.attempt ? [] : [`task ${uid} has ${status.attempt} attempts, ${starts} told`]),
    ];
  });
}

/** The attempt that the store holds to be the last one ended by its handler's own word. */
function reallyRan(jobs: readonly JobView[], traces: ReadonlyMap<string, readonly Trace[]>): string[] {
  return jobs.flatMap(({ metadata: { uid }, status }) => {
    const ends = (traces.get(uid) ?? []).filter(({ what }) => what === 'end');
    const real = ends.some(({ attempt }) => attempt === status.attempt);
    return real ? [] : [`task ${uid} succeeded in attempt ${status.attempt}, which no handler ended`];
  });
}

/** Each beginning is of an attempt of its own, and each attempt but the last was a lease that was lost. */
function unexplained(uid: string, began: readonly number[], job: JobView | undefined): string[] {
  const lost = job?.status.charges.lost ?? 0;
  const of = `the handler of task ${uid} began attempts ${began.join(', ')}`;
  if (new Set(began).size < began.length) return [`${of}: one of them twice`];
  return began.length - 1 > lost ? [`${of}, and only ${lost} leases were lost`] : [];
}
