/** Flavors, trees of queues and places of attempts, as the command line shows them. */
import { describe, expect, test } from 'vitest';
import { against } from '../testing/against.ts';
import { errorAnswer } from '../testing/canned-server.ts';
import { ago, flavorView, jobView, queueView } from '../testing/views.ts';

const plain = queueView('root');
const leaf = {
  ...queueView('research'),
  spec: {
    ...plain.spec,
    parent: 'root',
    borrowing: { cpu: '4' },
    lending: { cpu: '2' },
    flavors: [
      { flavor: 'l4', quota: { 'nvidia.com/gpu': '2' }, borrowing: { 'nvidia.com/gpu': '1' } },
      { flavor: 'spot', quota: {} },
    ],
    weight: 3,
    ordering: 'strict',
    preemption: { withinQueue: 'never', reclaim: 'any' },
    disruptions: { perJob: 2, perHour: 20 },
  },
};

const FLAVOR = 'GET /api/v1/flavors/l4';
const node = {
  agent: 'main',
  name: 'n1',
  connected: true,
  allocatable: { cpu: '8' },
  labels: { gpu: 'l4' },
  taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }],
  unschedulable: true,
  lastHeard: ago(1),
};
const NODES = { json: { items: [node, { ...node, name: 'n2', labels: {} }] } };

describe('get', () => {
  test('flavors', async () => {
    const { run } = await against({ 'GET /api/v1/flavors': { json: { items: [flavorView('l4')] } } });
    expect((await run(['get', 'flavors', '-o', 'wide'])).stdout).toMatchInlineSnapshot(`
      "NAME   NODE LABELS   PRICE   AGE   DESCRIPTION
      l4     gpu=l4        1.250   24h   the small ones
      "
    `);
  });

  test('queues with where they stand in the tree, when it is wide', async () => {
    const { run } = await against({ 'GET /api/v1/queues': { json: { items: [plain, leaf] } } });
    expect((await run(['get', 'queues', '-o', 'wide'])).stdout).toMatchInlineSnapshot(`
      "NAME       STATE   PENDING   HOLDING   USED       AGE   PARENT   WEIGHT   FLAVORS    ORDERING     MAX RUNNING   LABELS   DESCRIPTION
      root       open    2         1         cpu 4/16   24h   -        1        -          bestEffort   8             -        for all
      research   open    2         1         cpu 4/16   24h   root     3        l4, spot   strict       8             -        for all
      "
    `);
  });

  test('nodes with what keeps members away, when it is wide', async () => {
    const { run } = await against({ 'GET /api/v1/nodes': NODES });
    expect((await run(['get', 'nodes', '-o', 'wide'])).stdout).toContain('cordoned, gpu=yes:NoSchedule');
  });
});

describe('describe', () => {
  test('a flavor, with the queues that name it and its nodes', async () => {
    const { run } = await against({
      [FLAVOR]: { json: flavorView('l4') },
      'GET /api/v1/queues': { json: { items: [plain, leaf] } },
      'GET /api/v1/nodes': NODES,
    });
    expect((await run(['describe', 'flavor', 'l4'])).stdout).toMatchInlineSnapshot(`
      "Name:          l4
      Description:   the small ones
      Node labels:   gpu=l4
      Tolerates:     gpu:NoSchedule
      Price:         1.250 an hour of one node
      Made:          2026-01-01T12:00:00.000Z (24h ago)
      Queues:
        QUEUE      QUOTA
        research   nvidia.com/gpu 2
      Nodes:
        NODE   AGENT   ALLOCATABLE
        n1     main    cpu 8
      "
    `);
  });

  test('a queue of a tree, with all that it says', async () => {
    const below = {
      ...plain,
      metadata: { ...plain.metadata, name: 'ocr' },
      spec: { ...plain.spec, parent: 'research' },
    };
    const { run } = await against({
      'GET /api/v1/queues/research': { json: leaf },
      'GET /api/v1/queues': { json: { items: [plain, leaf, below] } },
      'GET /api/v1/queuegrants': { json: { items: [] } },
    });
    expect((await run(['describe', 'queue', 'research'])).stdout).toMatchInlineSnapshot(`
      "Name:                   research
      Description:            for all
      Labels:                 -
      State:                  open
      Parent:                 root
      Below it:               ocr
      Made:                   2026-01-01T12:00:00.000Z (24h ago)
      Pending:                2
      Holding:                1 of 8 at most
      Weight:                 3
      Ordering:               strict
      Preempts:               of its own: never; of who borrows: any
      Preempted:              each job 2 times at most
      Preempted in an hour:   20 jobs at most
      Quota:
        RESOURCE   USED   QUOTA   BORROWS AT MOST   LENDS AT MOST
        cpu        4      16      4                 2
      Flavors, in the order in which they are tried:
        FLAVOR   RESOURCE         QUOTA             BORROWS AT MOST    LENDS AT MOST
        l4       nvidia.com/gpu   2                 1                  2
        spot     -                none of its own   what others lend   -
      Grants:
        none: no project may use it
      "
    `);
  });

  test('a job, with its place and who took the one before', async () => {
    const attempt = { agent: 'main', admittedAt: ago(60), members: [], outputs: [] };
    const preempted = { by: 'ocr/train', uid: 'u', reason: 'Reclaimed', lost: 130 } as const;
    const placed = [{ node: 'n1', role: 'worker', members: 2 }];
    const attempts = [
      { ...attempt, number: 1, preempted },
      { ...attempt, number: 2, flavor: 'l4', domain: 'r1', placed, backfilled: true },
    ];
    const { run } = await against({
      'GET /api/v1/jobs/vision/digits': { json: jobView('digits', { attempts }) },
      'GET /api/v1/events': { json: { items: [] } },
    });
    const { stdout } = await run(['describe', 'job', 'digits']);
    const from = stdout.indexOf('Attempts:');
    expect(stdout.slice(from, stdout.indexOf('Events:'))).toMatchInlineSnapshot(`
      "Attempts:
        NUMBER   AGENT   STARTED   RAN   OUTCOME
        1        main    -         -     not ended
        2        main    -         -     not ended
      Place of attempt 2:
        Flavor:   l4
        Within:   r1
        Nodes:    n1 2 × worker
        Turn:     ahead of the first of its queue, which it was expected not to delay
      Preemptions:
        ATTEMPT   BY          WHY                    WORK LOST
        1         ocr/train   reclaimed lent quota   2m10s
      "
    `);
  });
});

describe('apply and delete', () => {
  const none = errorAnswer(404, { code: 'flavor.not_found', message: 'there is no flavor l4' });
  const file = `
apiVersion: capstan.dev/v1alpha1
kind: Flavor
metadata: {name: l4}
spec: {description: the small ones, nodeLabels: {gpu: l4}, tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}], price: 1250}
`;

  test.each([
    { what: 'that is new', before: none, want: 'created' },
    { what: 'that is as it was', before: { json: flavorView('l4') }, want: 'unchanged' },
    { what: 'that was another', before: { json: { ...flavorView('l4'), spec: {} } }, want: 'configured' },
  ])('a flavor $what: $want', async ({ before, want }) => {
    const { run } = await against({ [FLAVOR]: before, 'PUT /api/v1/flavors/l4': { json: flavorView('l4') } });
    const { stdout } = await run(['apply', '-f', '-'], { stdin: file });
    expect(stdout).toBe(`flavor/l4 ${want}\n`);
  });

  test('a flavor that is not wanted any more', async () => {
    const { run } = await against({ 'DELETE /api/v1/flavors/l4': { json: { deleted: true } } });
    expect((await run(['delete', 'flavor/l4'])).stdout).toBe('flavor/l4 deleted\n');
  });
});
