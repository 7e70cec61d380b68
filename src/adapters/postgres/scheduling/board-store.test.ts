/** What a cycle starts from: jobs without their specs, and all that is beside them, of one moment. */
import { beforeEach, describe, expect, test } from 'vitest';
import { admit } from '../../../core/job/admit.ts';
import type { Job } from '../../../core/job/job.ts';
import { preempt } from '../../../core/job/preempt.ts';
import { agentSilent } from '../../../core/job/reach.ts';
import type { JobSpec } from '../../../core/job/spec.ts';
import type { Store } from '../open-store.ts';
import { aSpec, aSubmission, decided, NOON } from '../testing/jobs.ts';
import { openSession } from '../testing/session.ts';
import { type TestDatabase, testDatabase } from '../testing/with-store.ts';

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await testDatabase();
  store = await database.open();
  return () => database[Symbol.asyncDispose]();
});

const GRACE = 30_000;
const role = aSpec().roles[0]!;
const elastic: Partial<JobSpec> = {
  roles: [
    { ...role, name: 'driver', resources: { cpu: 100 } },
    {
      ...role,
      name: 'worker',
      members: { min: 2, max: 8 },
      resources: { cpu: 200 },
      nodeSelector: { gpu: 'l4' },
      tolerations: [{ key: 'gpu', operator: 'Exists' }],
    },
  ],
  topology: { level: 'rack', required: true },
  expectedDurationMs: 600_000,
  checkpoint: { graceMs: GRACE, everyMs: 300_000 },
};
const gang = [
  { count: 1, requests: { cpu: 100 }, nodeSelector: {} },
  {
    count: 2,
    max: 8,
    requests: { cpu: 200 },
    nodeSelector: { gpu: 'l4' },
    tolerations: [{ key: 'gpu', operator: 'Exists' }],
  },
];
const facts = {
  groups: gang,
  topology: { level: 'rack', required: true },
  expectedMs: 600_000,
  checkpointEveryMs: 300_000,
};

const by = '01900000-0000-7000-8000-000000000002';
const place = {
  agent: 'main',
  flavor: 'l4',
  domain: 'r1',
  size: [1, 5],
  placed: [{ node: 'n1', group: 1, count: 5 }],
  backfilled: true,
};

async function submitted(spec: Partial<JobSpec> = elastic): Promise<Job> {
  const first = aSubmission({ spec });
  await store.jobs.submit(first);
  return first.job;
}

async function admitted(): Promise<Job> {
  const transition = decided(admit(await submitted(), { ...place, now: NOON + 1 }));
  await store.jobs.apply(transition);
  return (await store.jobs.get('vision', transition.job.uid))!;
}

describe('a job that waits', () => {
  test('is read with what it says of itself, and as it stands', async () => {
    const { uid, name } = await submitted();
    const { pending, holding } = await store.board.snapshot();
    expect(holding).toEqual([]);
    expect(pending).toEqual([
      expect.objectContaining({
        uid,
        name,
        project: 'vision',
        queue: 'research',
        createdAt: NOON,
        preemptions: 0,
        reason: 'Submitted',
        version: 1,
        ...facts,
      }),
    ]);
  });

  test('from before all this was written down is read with none of it', async () => {
    const { uid } = await submitted();
    await using session = await openSession(database.connection);
    await session.run(`UPDATE job SET facts = '{}' WHERE uid = $1`, [uid]);
    const [old] = (await store.board.snapshot()).pending;
    expect(old).toMatchObject({ uid, groups: gang });
    expect([old?.topology, old?.expectedMs, old?.checkpointEveryMs]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a job that holds', () => {
  test('is read with its place', async () => {
    const { uid } = await admitted();
    const { pending, holding } = await store.board.snapshot();
    expect(pending).toEqual([]);
    const { agent, flavor, placed, backfilled } = place;
    expect(holding).toEqual([
      expect.objectContaining({ uid, agent, flavor, placed, backfilled, admittedAt: NOON + 1, ...facts }),
    ]);
    expect(holding[0]?.stopsBy).toBeUndefined();
  });

  test('and is being stopped is gone by the end of its grace and a little more', async () => {
    const job = await admitted();
    const why = { by, byName: 'ocr/a', reason: 'Reclaimed', lostMs: 1000 } as const;
    await store.jobs.apply(decided(preempt(job, { ...why, now: NOON + 5000 })));
    const [stopping] = (await store.board.snapshot()).holding;
    expect(stopping?.stopsBy).toBeGreaterThan(NOON + 5000 + GRACE);
    expect(stopping?.stopsBy).toBeLessThan(NOON + 5000 + GRACE + 10_000);
    expect(stopping?.preemptions).toBe(1);
    const kept = await store.jobs.get('vision', job.uid);
    expect(kept?.attempts.at(-1)?.preempted).toEqual(why);
  });

  test('and whose agent is silent can not be stopped', async () => {
    const job = await admitted();
    await store.jobs.apply(decided(agentSilent(job, { lastHeard: NOON, now: NOON + 9000 })));
    expect((await store.board.snapshot()).holding[0]).toMatchObject({ uid: job.uid, unreachable: true });
  });
});

test('what changed is told of the jobs that are asked for, and of no other', async () => {
  const [waits, holds] = [await submitted(), await admitted()];
  await submitted();
  const { pending, holding } = await store.board.changed([waits.uid, holds.uid, 'no uid']);
  expect(pending.map(({ uid }) => uid)).toEqual([waits.uid]);
  expect(holding.map(({ uid }) => uid)).toEqual([holds.uid]);
});

test('queues, flavors and nodes are read as they were put, taints and cordons included', async () => {
  const flavor = { name: 'l4', description: '', nodeLabels: { gpu: 'l4' }, tolerations: [] };
  await store.flavors.put(flavor, NOON);
  await store.queues.put({ name: 'root', labels: {}, description: '', quota: {}, state: 'open' }, NOON);
  const leaf = { name: 'leaf', labels: {}, description: '', quota: { cpu: 1 }, state: 'open' } as const;
  const policy = { parent: 'root', weight: 2, flavors: [{ flavor: 'l4', quota: { cpu: 1 } }] };
  await store.queues.put({ ...leaf, ...policy }, NOON);
  const node = {
    name: 'n1',
    allocatable: { cpu: 4000 },
    labels: { gpu: 'l4' },
    taints: [{ key: 'gpu', effect: 'NoSchedule' as const }],
    unschedulable: true,
  };
  await store.agents.put('main', { kind: 'kubernetes', nodes: [node] }, NOON);
  const { queues, flavors, nodes } = await store.board.rest();
  expect(flavors).toEqual([{ ...flavor, createdAt: NOON }]);
  expect(nodes).toEqual([{ ...node, agent: 'main' }]);
  expect(queues.find(({ name }) => name === 'leaf')).toMatchObject({ ...leaf, ...policy });
});

describe('what queues use', () => {
  const use = { queue: 'root', use: 12_345, at: NOON };

  test('is kept under the lease, and goes with its queue', async () => {
    await store.queues.put({ name: 'root', labels: {}, description: '', quota: {}, state: 'open' }, NOON);
    const lease = (await store.scheduler.acquire('one', 60_000))!;
    await store.board.keepUses(lease, [use, { ...use, queue: 'gone' }]);
    expect(await store.board.uses()).toEqual([use]);
    await store.board.keepUses({ ...lease, epoch: lease.epoch - 1 }, [{ ...use, use: 1 }]);
    expect(await store.board.uses()).toEqual([use]);
    await store.board.keepUses(lease, [{ ...use, use: 7, at: NOON + 1 }]);
    expect(await store.board.uses()).toEqual([{ ...use, use: 7, at: NOON + 1 }]);
    await store.queues.remove('root');
    expect(await store.board.uses()).toEqual([]);
  });
});
