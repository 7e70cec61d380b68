/**
 * How far plans are from the best there is: on small instances every set of jobs is tried, and the one with the largest
 * sum of rank-weighted dominant shares is the measure. The scheduler promises order and no delay of its first, which
 * the best set does not; so the gap is told, and its worst is bounded.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { staticRank } from './rank.ts';
import { schedule } from './schedule.ts';
import type { PendingJob, Snapshot } from './snapshot.ts';
import { aNode, aQueue, aSnapshot, NOON, pending } from './testing/builders.ts';

const INSTANCES = 300;

const instance = fc
  .record({
    cpus: fc.array(fc.integer({ min: 2, max: 8 }), { minLength: 1, maxLength: 3 }),
    jobs: fc.array(
      fc.record({
        members: fc.integer({ min: 1, max: 3 }),
        cpu: fc.integer({ min: 1, max: 4 }),
        priority: fc.integer({ min: 1, max: 100 }),
      }),
      { minLength: 2, maxLength: 8 },
    ),
  })
  .map(({ cpus, jobs }) =>
    aSnapshot({
      queues: [aQueue('default')],
      nodes: cpus.map((cpu, n) => aNode(`n${n}`, cpu)),
      pending: jobs.map(({ members, cpu, priority }, n) =>
        pending(`p${n}`, { members, cpu, priority, createdAt: NOON - n, expectedMs: 1000 }),
      ),
    }),
  );

test('plans are close to the best set of jobs there is', () => {
  const gaps = fc
    .sample(instance, { numRuns: INSTANCES, seed: 20_261_127 })
    .map(gapOf)
    .sort((a, b) => a - b);
  const at = (q: number) => gaps[Math.floor((gaps.length - 1) * q)]!;
  console.log(
    `gap to the best of ${gaps.length} instances: none in ${gaps.filter((gap) => gap === 0).length}, ` +
      `median ${percent(at(0.5))}, 90th ${percent(at(0.9))}, worst ${percent(at(1))}`,
  );
  expect(gaps[0]).toBeGreaterThanOrEqual(0);
  expect(at(0.5)).toBeLessThan(0.05);
  expect(at(0.9)).toBeLessThan(0.5);
});

const percent = (part: number) => `${(part * 100).toFixed(1)} %`;

function gapOf(snapshot: Snapshot): number {
  const started = new Set(schedule(snapshot, NOON).admit.map(({ uid }) => uid));
  const reached = worthOf(
    snapshot,
    snapshot.pending.filter(({ uid }) => started.has(uid)),
  );
  const best = bestOf(snapshot);
  return best === 0 ? 0 : (best - reached) / best;
}

/** Rank from 1 for the lowest, times the part of all processors. */
function worthOf(snapshot: Snapshot, jobs: readonly PendingJob[]): number {
  const order = [...snapshot.pending].sort((a, b) => staticRank(a) - staticRank(b)).map(({ uid }) => uid);
  const whole = snapshot.nodes.reduce((sum, { allocatable }) => sum + (allocatable.cpu ?? 0), 0);
  return jobs.reduce((sum, job) => {
    const { count, requests } = job.groups[0]!;
    return sum + (order.indexOf(job.uid) + 1) * ((count * (requests.cpu ?? 0)) / whole);
  }, 0);
}

function bestOf(snapshot: Snapshot): number {
  const jobs = snapshot.pending;
  let best = 0;
  for (let set = 0; set < 1 << jobs.length; set += 1) {
    const chosen = jobs.filter((_, n) => (set >> n) & 1);
    const value = worthOf(snapshot, chosen);
    if (value > best && placeable(snapshot, chosen)) best = value;
  }
  return best;
}

/** Every way to put every member is tried. */
function placeable({ nodes }: Snapshot, jobs: readonly PendingJob[]): boolean {
  const members = jobs
    .flatMap(({ groups }) =>
      groups.flatMap(({ count, requests }) => Array<number>(count).fill(requests.cpu ?? 0)),
    )
    .sort((a, b) => b - a);
  const free = nodes.map(({ allocatable }) => allocatable.cpu ?? 0);
  const put = (at: number): boolean => {
    if (at === members.length) return true;
    const tried = new Set<number>();
    for (let node = 0; node < free.length; node += 1) {
      if (free[node]! < members[at]! || tried.has(free[node]!)) continue;
      tried.add(free[node]!);
      free[node]! -= members[at]!;
      const fits = put(at + 1);
      free[node]! += members[at]!;
      if (fits) return true;
    }
    return false;
  };
  return put(0);
}
