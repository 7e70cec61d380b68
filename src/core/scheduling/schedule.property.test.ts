/** The invariants of every plan, on small clusters at random. `CAPSTAN_PROPERTY_RUNS` sets how many of each. */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { admissible } from './admissible.ts';
import { afterPlan, pendingOf } from './advance.ts';
import { Board } from './board.ts';
import { expectedEnd, UNKNOWN_DURATION } from './holder.ts';
import { type Plan, type Reserve, verdicts } from './plan.ts';
import type { Queue } from './queue.ts';
import { staticRank } from './rank.ts';
import { schedule, scheduleBoard } from './schedule.ts';
import type { PendingJob, Snapshot } from './snapshot.ts';
import { anyCluster } from './testing/any-cluster.ts';
import { NOON } from './testing/builders.ts';
import { ancestors, brokenCapacity, brokenGangs, brokenQuota } from './testing/check-plan.ts';

const numRuns = Number(process.env.CAPSTAN_PROPERTY_RUNS ?? 500);
const runs = { numRuns };

describe('no plan', () => {
  property.prop([anyCluster], runs)('3: admits beyond a quota, own or borrowed', (snapshot) => {
    expect(brokenQuota(snapshot, schedule(snapshot, NOON))).toEqual([]);
  });

  property.prop([anyCluster], runs)('3: admits beyond what a node has', (snapshot) => {
    expect(brokenCapacity(snapshot, schedule(snapshot, NOON))).toEqual([]);
  });

  property.prop([anyCluster], runs)(
    '4: starts a part of a gang, or a member where it may not be',
    (snapshot) => {
      expect(brokenGangs(snapshot, schedule(snapshot, NOON))).toEqual([]);
    },
  );

  property.prop([anyCluster], runs)('admits what its queue, its grant or its time forbids', (snapshot) => {
    const plan = schedule(snapshot, NOON);
    for (const { uid } of plan.admit) {
      const job = snapshot.pending.find((one) => one.uid === uid)!;
      const queue = snapshot.queues.find(({ name }) => name === job.queue)!;
      expect(admissible(job, 0, 100)).toBeUndefined();
      expect(ancestors(snapshot, queue).map(({ state }) => state)).not.toContain('paused');
      expect(job.startAfter ?? 0).toBeLessThanOrEqual(NOON);
      expect(runningIn(snapshot, plan, queue)).toBeLessThanOrEqual(queue.maxRunning ?? Infinity);
    }
  });

  property.prop([anyCluster], runs)('6: leaves a job without exactly one reason', (snapshot) => {
    const plan = schedule(snapshot, NOON);
    const dealtWith = [...plan.admit, ...verdicts(plan.explain)].map(({ uid }) => uid);
    expect(dealtWith.toSorted()).toEqual(snapshot.pending.map(({ uid }) => uid).toSorted());
    for (const { message, reason } of verdicts(plan.explain)) {
      expect(message).not.toBe('');
      expect(reason).not.toBe('Submitted');
    }
  });

  property.prop([anyCluster, fc.integer()], runs)('7: depends on the order of the rows', (snapshot, seed) => {
    const shuffled: Snapshot = {
      ...snapshot,
      queues: shuffle(snapshot.queues, seed),
      grants: shuffle(snapshot.grants, seed),
      nodes: shuffle(snapshot.nodes, seed),
      pending: shuffle(snapshot.pending, seed),
      holding: shuffle(snapshot.holding, seed),
    };
    expect(schedule(shuffled, NOON)).toEqual(schedule(snapshot, NOON));
  });

  property.prop([anyCluster], runs)('changes the snapshot', (snapshot) => {
    const before = structuredClone(snapshot);
    schedule(snapshot, NOON);
    expect(snapshot).toEqual(before);
  });
});

describe('a board that was kept', () => {
  const anyChange = fc.record({ before: anyCluster, keep: fc.integer(), change: fc.integer() });

  property.prop([anyChange], runs)('7: plans as one that was made anew', ({ before, keep, change }) => {
    const some = <T>(rows: readonly T[], seed: number) =>
      rows.filter((_, index) => Math.imul(seed ^ (index + 7), 2_654_435_761) > 0);
    const old = { ...before, pending: some(before.pending, keep), holding: some(before.holding, keep) };
    const plan = schedule(old, NOON);
    const moved = afterPlan(old, plan, NOON);
    const next: Snapshot = {
      ...before,
      pending: [...some(moved.pending, change), ...without(before.pending, old.pending)],
      holding: [...some(moved.holding, change), ...without(before.holding, old.holding)],
    };
    const stays = new Set([...next.pending, ...next.holding].map(({ uid }) => uid));
    const gone = [...old.pending, ...old.holding].map(({ uid }) => uid).filter((uid) => !stays.has(uid));
    const board = new Board(old);
    scheduleBoard(board, old, NOON).explain();
    const could = board.update({ pending: next.pending, holding: next.holding, gone });
    fc.pre(could);
    const kept = scheduleBoard(board, next, NOON);
    expect({ ...kept, explain: kept.explain() }).toEqual(schedule(next, NOON));
  });
});

describe('the jobs of one queue', () => {
  property.prop([anyCluster], runs)('6: pass its first one never where it is strict', (snapshot) => {
    const plan = schedule(snapshot, NOON);
    for (const [passing, passed] of overtakings(snapshot, plan)) {
      const { ordering } = snapshot.queues.find(({ name }) => name === passed.queue)!;
      expect({ ordering, passing: passing.name, passed: passed.name }).not.toMatchObject({
        ordering: 'strict',
      });
    }
  });

  property.prop([anyCluster], runs)('6: pass its first one only where that does not delay it', (snapshot) => {
    const plan = schedule(snapshot, NOON);
    const first = plan.reserve[0];
    if (first) expect(missingAt(snapshot, plan, first)).toEqual([]);
  });

  property.prop([anyCluster], runs)(
    '6: can not be passed by what is submitted long enough after them',
    (snapshot) => {
      for (const job of snapshot.pending) {
        const later = { priority: 100, createdAt: job.createdAt + (100 - job.priority) * 600_000 + 1 };
        expect(staticRank(later)).toBeLessThan(staticRank(job));
      }
    },
  );
});

describe('preemption', () => {
  property.prop([anyCluster], runs)('5: ends, when nothing else changes', (snapshot) => {
    let now: Snapshot = snapshot;
    let preempted = 0;
    for (let round = 0; round < 200; round += 1) {
      const plan = schedule(now, NOON);
      if (plan.admit.length + plan.preempt.length === 0) return;
      preempted += plan.preempt.length;
      expect(preempted).toBeLessThan(200);
      now = gone(afterPlan(now, plan, NOON));
    }
    throw new Error('200 rounds, and it has not come to rest');
  });

  property.prop([anyCluster], runs)(
    '5: has a ground each time, and a job that the room is kept for',
    (snapshot) => {
      const plan = schedule(snapshot, NOON);
      for (const { uid, by, reason } of plan.preempt) {
        const victim = snapshot.holding.find((job) => job.uid === uid)!;
        const preemptor = snapshot.pending.find((job) => job.uid === by)!;
        expect(plan.reserve.some((reserve) => reserve.uid === by && reserve.reason === 'preemption')).toBe(
          true,
        );
        if (reason === 'HigherPriority') {
          expect(preemptor.queue).toBe(victim.queue);
          expect(preemptor.priority).toBeGreaterThan(victim.priority);
          expect(staticRank(preemptor)).toBeGreaterThan(staticRank(victim));
        }
        if (reason === 'Reclaimed') expect(preemptor.queue).not.toBe(victim.queue);
        if (reason === 'Overrun') expect(victim.backfilled).toBe(true);
      }
    },
  );

  property.prop([anyCluster], runs)('stops nobody who could have stayed', (snapshot) => {
    const plan = schedule(snapshot, NOON);
    const one = plan.preempt.find(({ by }) => by === plan.reserve[0]?.uid);
    if (!one) return;
    const after = afterPlan(snapshot, plan, NOON);
    const spared = {
      ...after,
      holding: after.holding
        .filter(({ uid }) => !othersOf(plan, one.uid).has(uid))
        .map((job) => (job.uid === one.uid ? { ...job, stopsBy: undefined } : job)),
    };
    const job = snapshot.pending.find(({ uid }) => uid === one.by)!;
    const again = schedule({ ...spared, pending: [{ ...job, reason: 'WaitsForStops' }] }, NOON);
    expect(again.admit).toEqual([]);
  });

  property.prop([anyCluster], runs)('5: gets the place for the one it was for', (snapshot) => {
    const plan = schedule(snapshot, NOON);
    if (plan.preempt.length === 0) return;
    const next = schedule(gone(afterPlan(snapshot, plan, NOON)), NOON);
    expect(next.admit.map(({ uid }) => uid)).toContain(plan.preempt[0]!.by);
  });
});

/** The other victims of the same job. */
function othersOf(plan: Plan, uid: string): ReadonlySet<string> {
  const { by } = plan.preempt.find((one) => one.uid === uid)!;
  return new Set(plan.preempt.filter((one) => one.by === by && one.uid !== uid).map((one) => one.uid));
}

/** Whoever is being stopped has gone, and is back in its queue. */
function gone(snapshot: Snapshot): Snapshot {
  const stopped = snapshot.holding.filter(({ stopsBy }) => stopsBy !== undefined);
  return {
    ...snapshot,
    holding: snapshot.holding.filter(({ stopsBy }) => stopsBy === undefined),
    pending: [...snapshot.pending, ...stopped.map((job) => pendingOf(job, true))],
  };
}

/** What the room that is kept lacks when it is due, after all who are expected to have gone by then. */
function missingAt(snapshot: Snapshot, plan: Plan, kept: Reserve): string[] {
  const jobs = new Map([...snapshot.pending, ...snapshot.holding].map((job) => [job.uid, job]));
  const stopped = new Set(plan.preempt.map(({ uid }) => uid));
  const stays = [
    ...snapshot.holding.filter((job) => !stopped.has(job.uid) && expectedEnd(job, NOON) > kept.at),
    ...plan.admit.filter(({ uid }) => NOON + (jobs.get(uid)!.expectedMs ?? UNKNOWN_DURATION) > kept.at),
    kept,
  ];
  return snapshot.nodes.flatMap(({ agent, name, allocatable }) =>
    Object.entries(allocatable).flatMap(([resource, whole]) => {
      const parts = stays.flatMap((one) =>
        one.agent === agent ? (one.placed ?? []).map((part) => ({ ...part, uid: one.uid })) : [],
      );
      const used = parts
        .filter(({ node }) => node === name)
        .reduce(
          (sum, { uid, group, count }) =>
            sum + (jobs.get(uid)!.groups[group]!.requests[resource] ?? 0) * count,
          0,
        );
      const mine = kept.placed.some(
        ({ node, group }) =>
          node === name && (jobs.get(kept.uid)!.groups[group]!.requests[resource] ?? 0) > 0,
      );
      return mine && used > whole ? [`${used} of ${whole} ${resource} on ${name}`] : [];
    }),
  );
}

function* overtakings(snapshot: Snapshot, plan: Plan): Generator<[PendingJob, PendingJob]> {
  const waits = new Map([...verdicts(plan.explain)].map((verdict) => [verdict.uid, verdict]));
  for (const passed of snapshot.pending) {
    const verdict = waits.get(passed.uid);
    if (!verdict || verdict.alone) continue;
    for (const passing of snapshot.pending)
      if (
        passing.queue === passed.queue &&
        !waits.has(passing.uid) &&
        staticRank(passing) < staticRank(passed)
      )
        yield [passing, passed];
  }
}

function runningIn(snapshot: Snapshot, plan: Plan, { name }: Queue): number {
  const admitted = new Set(plan.admit.map(({ uid }) => uid));
  const news = snapshot.pending.filter(({ uid, queue }) => admitted.has(uid) && queue === name);
  return news.length + snapshot.holding.filter(({ queue }) => queue === name).length;
}

function without<T extends { readonly uid: string }>(rows: readonly T[], others: readonly T[]): T[] {
  const known = new Set(others.map(({ uid }) => uid));
  return rows.filter(({ uid }) => !known.has(uid));
}

function shuffle<T>(rows: readonly T[], seed: number): T[] {
  const keyed = rows.map((row, index) => ({ row, key: Math.imul(seed ^ (index + 1), 2_654_435_761) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ row }) => row);
}
