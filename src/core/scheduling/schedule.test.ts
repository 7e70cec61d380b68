import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { verdicts } from './plan.ts';
import { schedule } from './schedule.ts';
import type { Snapshot } from './snapshot.ts';
import { aNode, anySnapshot, aQueue, aSnapshot, holding, NOON, pending } from './testing/builders.ts';
import { add, gangTotals, type Totals } from './usage.ts';

function admitted(snapshot: Snapshot): string[] {
  return schedule(snapshot, NOON).admit.map(({ uid }) => uid.slice(4));
}

function reasonOf(snapshot: Snapshot, name: string) {
  return [...verdicts(schedule(snapshot, NOON).explain)].find(({ uid }) => uid === `uid-${name}`);
}

describe('schedule admits', () => {
  test('by priority, then by age', () => {
    const jobs = [
      pending('old', { createdAt: NOON - 5000 }),
      pending('young'),
      pending('high', { priority: 80 }),
    ];
    expect(admitted(aSnapshot({ pending: jobs }))).toEqual(['high', 'old', 'young']);
  });

  test('a job that has waited long enough before one of a higher priority', () => {
    const jobs = [pending('patient', { createdAt: NOON - 11 * 600_000 }), pending('high', { priority: 60 })];
    expect(admitted(aSnapshot({ pending: jobs, nodes: [aNode('n1', 1000)] }))).toEqual(['patient']);
  });

  test('whole gangs only', () => {
    const gang = pending('gang', { members: 4, cpu: 1000 });
    expect(admitted(aSnapshot({ pending: [gang] }))).toEqual(['gang']);
    expect(admitted(aSnapshot({ pending: [gang], holding: [holding('other', 500)] }))).toEqual([]);
  });

  test('the gangs of several nodes where each member fits', () => {
    const nodes = [aNode('n1', 1500), aNode('n2', 1500)];
    expect(admitted(aSnapshot({ nodes, pending: [pending('two', { members: 2 })] }))).toEqual(['two']);
    expect(admitted(aSnapshot({ nodes, pending: [pending('three', { members: 3 })] }))).toEqual([]);
  });

  test('queues in turn, the one with the smaller share first', () => {
    const queues = [aQueue('a'), aQueue('b')];
    const jobs = ['a1', 'a2', 'a3', 'b1'].map((name) => pending(name, { queue: name[0] ?? '' }));
    expect(
      admitted(aSnapshot({ queues, pending: jobs }))
        .slice(0, 2)
        .sort(),
    ).toEqual(['a1', 'b1']);
  });

  test('nothing that overtakes the head of its own queue', () => {
    const jobs = [pending('large', { members: 4, priority: 90 }), pending('small', { cpu: 100 })];
    const snapshot = aSnapshot({ pending: jobs, holding: [holding('h', 1000)] });
    expect(admitted(snapshot)).toEqual([]);
    expect(reasonOf(snapshot, 'small')).toMatchObject({
      reason: 'BehindHigherRank',
      blockedBy: 'job/default/large',
    });
  });
});

describe('schedule keeps what runs', () => {
  test('on a machine that shrank: nothing is free on its other nodes either', () => {
    const nodes = [aNode('n1', 1000), aNode('n2', 1000)];
    const snapshot = aSnapshot({
      nodes,
      holding: [holding('h', 2500)],
      pending: [pending('job', { cpu: 500 })],
    });
    expect(admitted(snapshot)).toEqual([]);
  });
});

describe('schedule explains', () => {
  test.each([
    {
      why: 'a paused queue',
      reason: 'QueuePaused',
      snapshot: { queues: [aQueue('default', { state: 'paused' })] },
      says: 'is paused',
    },
    {
      why: 'a full quota',
      reason: 'QuotaExceeded',
      snapshot: { queues: [aQueue('default', { quota: { cpu: 1500 } })], holding: [holding('h', 1000)] },
      says: 'uses 1 of its own 1500m',
    },
    {
      why: 'a quota that is too small',
      reason: 'NeverFits',
      snapshot: { queues: [aQueue('default', { quota: { cpu: 500 } })] },
      says: 'the most that queue default can ever have is 500m',
    },
    {
      why: 'the limit of running jobs',
      reason: 'RunningLimit',
      snapshot: { queues: [aQueue('default', { maxRunning: 1 })], holding: [holding('h', 0)] },
      says: '1 of at most 1',
    },
    {
      why: 'a full machine',
      reason: 'InsufficientCapacity',
      snapshot: { holding: [holding('h', 3500)] },
      says: 'needs 1 cpu, there is 500m',
    },
    {
      why: 'a machine that is too small',
      reason: 'NeverFits',
      snapshot: { nodes: [aNode('n1', 900)] },
      says: 'even when nothing else runs',
    },
    { why: 'no agent', reason: 'NoAgent', snapshot: { nodes: [] }, says: 'no agent' },
    {
      why: 'a queue that is gone',
      reason: 'QueueMissing',
      snapshot: { queues: [] },
      says: 'no queue default',
    },
    {
      why: 'a grant that was taken away',
      reason: 'NotGranted',
      snapshot: { grants: [] },
      says: 'may not use',
    },
  ])('$why: $reason', ({ reason, snapshot, says }) => {
    const found = reasonOf(aSnapshot({ pending: [pending('job')], ...snapshot }), 'job');
    expect(found).toMatchObject({ reason, message: expect.stringContaining(says), position: 1 });
  });

  test('a resource that no machine has', () => {
    const gpu = pending('gpu', {
      groups: [{ count: 1, requests: { 'nvidia.com/gpu': 1 }, nodeSelector: {} }],
    });
    expect(reasonOf(aSnapshot({ pending: [gpu] }), 'gpu')).toMatchObject({
      reason: 'NeverFits',
      message: 'needs 1 nvidia.com/gpu, there is 0 even when nothing else runs',
    });
  });

  test('a start that is not due, without holding up those behind', () => {
    const jobs = [pending('later', { priority: 90, startAfter: NOON + 1 }), pending('now')];
    expect(admitted(aSnapshot({ pending: jobs }))).toEqual(['now']);
    expect(reasonOf(aSnapshot({ pending: jobs }), 'later')?.reason).toBe('StartAfter');
  });
});

describe('invariants of the plan', () => {
  property.prop([anySnapshot], { numRuns: 2000 })('3: nothing is admitted beyond a quota', (snapshot) => {
    const plan = schedule(snapshot, NOON);
    const chosen = new Set(plan.admit.map(({ uid }) => uid));
    for (const queue of snapshot.queues) {
      const before = usedOf(snapshot.holding.filter((job) => job.queue === queue.name));
      const news = snapshot.pending.filter((job) => job.queue === queue.name && chosen.has(job.uid));
      const after = usedOf([...snapshot.holding.filter((job) => job.queue === queue.name), ...news]);
      for (const [name, limit] of Object.entries(queue.quota)) {
        const grew = (after.get(name) ?? 0) > (before.get(name) ?? 0);
        expect(!grew || (after.get(name) ?? 0) <= limit).toBe(true);
      }
    }
  });

  property.prop([anySnapshot], { numRuns: 2000 })(
    '3: nothing is admitted beyond the capacity of an agent',
    (snapshot) => {
      const plan = schedule(snapshot, NOON);
      const agents = new Map(plan.admit.map(({ uid, agent }) => [uid, agent]));
      for (const agent of new Set(agents.values())) {
        const news = snapshot.pending.filter((job) => agents.get(job.uid) === agent);
        const used = usedOf([...snapshot.holding.filter((job) => job.agent === agent), ...news]);
        const capacity = snapshot.nodes
          .filter((node) => node.agent === agent)
          .reduce((sum, node) => sum + (node.allocatable.cpu ?? 0), 0);
        expect((usedOf(news).get('cpu') ?? 0) ? (used.get('cpu') ?? 0) <= capacity : true).toBe(true);
      }
    },
  );

  property.prop([anySnapshot])('6: every pending job is admitted or has exactly one reason', (snapshot) => {
    const plan = schedule(snapshot, NOON);
    const dealtWith = [...plan.admit, ...verdicts(plan.explain)].map(({ uid }) => uid);
    expect(dealtWith.toSorted()).toEqual(snapshot.pending.map(({ uid }) => uid).toSorted());
    expect([...verdicts(plan.explain)].every(({ message }) => message.length > 0)).toBe(true);
  });

  property.prop([anySnapshot, fc.integer()])(
    '7: the plan does not depend on the order of the rows',
    (snapshot, seed) => {
      const shuffled: Snapshot = {
        queues: shuffle(snapshot.queues, seed),
        grants: shuffle(snapshot.grants, seed),
        nodes: shuffle(snapshot.nodes, seed),
        pending: shuffle(snapshot.pending, seed),
        holding: shuffle(snapshot.holding, seed),
      };
      expect(schedule(shuffled, NOON)).toEqual(schedule(snapshot, NOON));
    },
  );

  property.prop([anySnapshot])('the snapshot is only read', (snapshot) => {
    const before = structuredClone(snapshot);
    schedule(snapshot, NOON);
    expect(snapshot).toEqual(before);
  });
});

function usedOf(jobs: readonly { groups: Parameters<typeof gangTotals>[0] }[]): Totals {
  const totals: Totals = new Map();
  for (const job of jobs) add(totals, gangTotals(job.groups));
  return totals;
}

function shuffle<T>(rows: readonly T[], seed: number): T[] {
  const keyed = rows.map((row, index) => ({ row, key: Math.imul(seed ^ (index + 1), 2_654_435_761) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ row }) => row);
}
