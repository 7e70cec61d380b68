/** Which task is next, and what keeps one back: order, keys, quota, dependencies, batches, uniqueness. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JobView } from '../../src/contract/job.ts';
import { Product, until } from './product.ts';
import { RawWorker, type Task, workerKey } from './raw-worker.ts';

let product: Product;
let key: string;
beforeAll(async () => {
  product = await Product.start({ CAPSTAN_WORKERS_LEASE: '4s' });
  key = await workerKey(product);
});
afterAll(() => product.end());

const workers: RawWorker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.drop();
});

let queues = 0;
/** A queue of its own, so that no test takes another's places. */
async function aQueue(spec: object = {}): Promise<string> {
  queues += 1;
  const queue = `q${queues}`;
  const put = async (path: string, body: object) => {
    const response = await product.request('PUT', path, body);
    expect(response.status).toBe(200);
  };
  await put(`/queues/${queue}`, spec);
  await put(`/queuegrants/default/${queue}`, {});
  return queue;
}

async function join(queue: string, more: object = {}): Promise<RawWorker> {
  const worker = await RawWorker.join(product, { key, queues: [queue], handlers: ['echo'], ...more });
  workers.push(worker);
  return worker;
}

interface Answer {
  readonly items: readonly (
    | { uid: string; name: string; repeated: boolean }
    | { error: { code: string; message: string } }
  )[];
  readonly submitted: number;
  readonly repeated: number;
  readonly failed: number;
}

const batch = (
  queue: string,
  tasks: readonly { name?: string; task?: object; priority?: number }[],
  more: object = {},
) =>
  product.post<Answer>('/jobs:batch', {
    jobs: tasks.map(({ name, task = {}, ...spec }) => ({
      ...(name === undefined ? {} : { name }),
      spec: { queue, ...spec, task: { handler: 'echo', ...task } },
    })),
    ...more,
  });

const uidsOf = ({ items }: Answer): string[] => items.map((item) => ('uid' in item ? item.uid : ''));

async function wait(
  jobs: readonly string[],
): Promise<{ uid: string; state: string; reason: string; result?: unknown }[]> {
  for (;;) {
    const answer = await product.post<{ done: boolean; jobs: [] }>('/jobs:wait', { jobs });
    if (answer.done) return answer.jobs;
  }
}

/** Handles one after the other, in the order in which they come. */
function inTurn(worker: RawWorker): Task[] {
  const seen: Task[] = [];
  worker.on((task) => {
    seen.push(task);
    worker.done(task, { result: task.payload ?? null });
  });
  return seen;
}

describe('the next task', () => {
  test('is the one of the highest priority, then the one that came first', async () => {
    const queue = await aQueue();
    const priorities = [10, 90, 50, 90, 10];
    const uids = uidsOf(
      await batch(
        queue,
        priorities.map((priority) => ({ priority })),
      ),
    );
    const seen = inTurn(await join(queue, { concurrency: 1 }));
    await wait(uids);
    expect(seen.map(({ uid }) => priorities[uids.indexOf(uid)])).toEqual([90, 90, 50, 10, 10]);
  });

  test('is of each fair key in turn: many of one keep few of another waiting for no more than a turn', async () => {
    const queue = await aQueue();
    const many = uidsOf(
      await batch(
        queue,
        Array.from({ length: 300 }, () => ({ task: { fairKey: 'many' } })),
      ),
    );
    const few = uidsOf(
      await batch(
        queue,
        Array.from({ length: 10 }, () => ({ task: { fairKey: 'few' } })),
      ),
    );
    const seen = inTurn(await join(queue, { concurrency: 4 }));
    await wait([...many, ...few]);
    const last = Math.max(...few.map((uid) => seen.findIndex((task) => task.uid === uid)));
    expect(last).toBeLessThan(60);
  });
});

describe('a limit', () => {
  test('of a queue’s slots is never exceeded, by two workers neither', async () => {
    const queue = await aQueue({ quota: { tasks: 3 } });
    const running = new Set<string>();
    let most = 0;
    const uids = uidsOf(
      await batch(
        queue,
        Array.from({ length: 40 }, () => ({})),
      ),
    );
    for (let i = 0; i < 2; i += 1) {
      const worker = await join(queue, { concurrency: 10 });
      worker.on((task) => {
        running.add(task.uid);
        most = Math.max(most, running.size);
        setImmediate(() => {
          running.delete(task.uid);
          worker.done(task);
        });
      });
    }
    await wait(uids);
    expect(most).toBeLessThanOrEqual(3);
    const used = async () =>
      (await product.get<{ status: { used: object } }>(`/queues/${queue}`)).status.used;
    expect(await used()).toEqual({});
  });

  test('of a paused queue lets nothing start, and what runs end', async () => {
    const queue = await aQueue({ state: 'paused' });
    const [uid = ''] = uidsOf(await batch(queue, [{}]));
    const worker = await join(queue);
    await until('it says why', async () => (await product.job(uid)).status.reason === 'QueuePaused');
    expect(worker.tasks).toEqual([]);
    await product.request('PUT', `/queues/${queue}`, { state: 'open' });
    inTurn(worker);
    expect(await wait([uid])).toMatchObject([{ state: 'succeeded' }]);
  });

  test('by key: so many run at a time, whatever the room', async () => {
    const queue = await aQueue();
    const concurrency = { key: 'gpu', limit: 2 };
    const uids = uidsOf(
      await batch(
        queue,
        Array.from({ length: 12 }, () => ({ task: { concurrency } })),
      ),
    );
    const waiting = (await product.job(uids.at(-1) ?? '')).status;
    expect(waiting).toMatchObject({ reason: 'KeyLimit', message: 'at most 2 of key gpu run at a time' });
    const worker = await join(queue, { concurrency: 10 });
    let held = 0;
    let most = 0;
    worker.on((task) => {
      held += 1;
      most = Math.max(most, held);
      setImmediate(() => {
        held -= 1;
        worker.done(task);
      });
    });
    await wait(uids);
    expect(most).toBe(2);
  });

  test('by rate: so many start in each time', async () => {
    const queue = await aQueue();
    const rate = { key: 'api', limit: 3, per: '1s' };
    const seen = inTurn(await join(queue));
    const uids = uidsOf(
      await batch(
        queue,
        Array.from({ length: 6 }, () => ({ task: { rate } })),
      ),
    );
    await wait(uids);
    const jobs = await Promise.all(uids.map((uid) => product.job(uid)));
    const starts = jobs
      .map(({ status }) => Date.parse(status.attempts[0]?.startedAt ?? ''))
      .sort((a, b) => a - b);
    // The fourth starts a third of the time after the burst of three at the soonest.
    expect((starts[5] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(900);
    expect(seen).toHaveLength(6);
  });
});

describe('a dependency', () => {
  test('is waited for, and its result handed on', async () => {
    const queue = await aQueue();
    const answer = await batch(queue, [
      { name: `a-${queue}`, task: { payload: 1 } },
      { name: `b-${queue}`, task: { payload: 2 } },
      { task: { after: [`a-${queue}`, `b-${queue}`] } },
    ]);
    const [, , uid = ''] = uidsOf(answer);
    expect((await product.job(uid)).status).toMatchObject({
      reason: 'WaitsForTasks',
      message: 'waits for 2 tasks to end',
    });
    const worker = await join(queue);
    worker.on((task) => {
      const given = task.dependencies?.map(({ result }) => result as number) ?? [];
      worker.done(task, {
        result: task.dependencies ? given.reduce((sum, one) => sum + one, 0) : task.payload,
      });
    });
    expect(await wait([uid])).toMatchObject([{ state: 'succeeded', result: 3 }]);
  });

  test('that has ended before is not waited for', async () => {
    const queue = await aQueue();
    inTurn(await join(queue));
    const first = uidsOf(await batch(queue, [{ task: { payload: 'x' } }]));
    await wait(first);
    expect(await wait(uidsOf(await batch(queue, [{ task: { after: first } }])))).toMatchObject([
      { state: 'succeeded' },
    ]);
  });

  test.each([
    { policy: 'fail', want: ['failed', 'failed', 'failed'], reason: 'DependencyFailed' },
    { policy: 'run', want: ['failed', 'succeeded', 'succeeded'], reason: 'Completed' },
  ])(
    'that fails: with onDependencyFailure $policy the chain ends as $want',
    async ({ policy, want, reason }) => {
      const queue = await aQueue();
      const uids = uidsOf(
        await batch(queue, [
          { name: `x-${queue}`, task: { payload: 'bad' } },
          { name: `y-${queue}`, task: { after: [`x-${queue}`], onDependencyFailure: policy } },
          { name: `z-${queue}`, task: { after: [`y-${queue}`], onDependencyFailure: policy } },
        ]),
      );
      const worker = await join(queue);
      worker.on((task) =>
        worker.done(
          task,
          task.payload === 'bad' ? { error: { message: 'bad', retryable: false } } : { result: 1 },
        ),
      );
      const ended = await wait(uids);
      expect(uids.map((uid) => ended.find((job) => job.uid === uid)?.state)).toEqual(want);
      expect(ended.find(({ uid }) => uid === uids[2])?.reason).toBe(reason);
    },
  );

  test('that there is not refuses its task alone', async () => {
    const queue = await aQueue();
    const answer = await batch(queue, [{}, { task: { after: ['nobody'] } }, {}]);
    expect([answer.submitted, answer.failed]).toEqual([2, 1]);
    expect(answer.items[1]).toMatchObject({ error: { code: 'task.unknown_dependency' } });
  });
});

describe('a batch', () => {
  test('with mode all is stored whole or not at all, with every problem named', async () => {
    const queue = await aQueue();
    const bad = await product.request('POST', '/jobs:batch', {
      mode: 'all',
      jobs: [
        { spec: { queue, task: { handler: 'echo' } } },
        { spec: { queue, task: { handler: 'not a handler' } } },
        { spec: { queue, task: {} } },
      ],
    });
    const { error } = (await bad.json()) as { error: { details: { path: string }[] } };
    expect([bad.status, error.details.map(({ path }) => path)]).toEqual([
      400,
      ['jobs[1].spec.task.handler', 'jobs[2].spec.task.handler'],
    ]);
    const pending = await product.get<{ status: { pending: number } }>(`/queues/${queue}`);
    expect(pending.status.pending).toBe(0);
  });

  test('that comes again under its key is the same jobs', async () => {
    const queue = await aQueue();
    const tasks = Array.from({ length: 20 }, (_, payload) => ({ task: { payload } }));
    for (const mode of ['each', 'all']) {
      const once = { idempotencyKey: `key-${queue}-${mode}`, mode };
      const [first, again] = [await batch(queue, tasks, once), await batch(queue, tasks, once)];
      expect([first.submitted, again.submitted, again.repeated]).toEqual([20, 0, 20]);
      expect(uidsOf(again)).toEqual(uidsOf(first));
    }
  });
});

describe('a unique key', () => {
  test('without a window is free again when its task has ended', async () => {
    const queue = await aQueue();
    const one = { task: { unique: { key: 'nightly' } } };
    const [first, second] = [await batch(queue, [one]), await batch(queue, [one])];
    expect([second.repeated, uidsOf(second)]).toEqual([1, uidsOf(first)]);
    inTurn(await join(queue));
    await wait(uidsOf(first));
    const third = await batch(queue, [one]);
    expect(third.submitted).toBe(1);
    await wait(uidsOf(third));
  });

  test('with a window is taken for so long, though its task has ended', async () => {
    const queue = await aQueue();
    inTurn(await join(queue));
    const one = { task: { unique: { key: 'hourly', window: '1h' } } };
    const first = await batch(queue, [one]);
    await wait(uidsOf(first));
    const second = await batch(queue, [one]);
    expect([second.repeated, uidsOf(second)]).toEqual([1, uidsOf(first)]);
  });
});

test('lists show tasks and jobs together, newest first, page by page', async () => {
  const queue = await aQueue();
  const uids = uidsOf(
    await batch(
      queue,
      Array.from({ length: 7 }, () => ({})),
    ),
  );
  const job = await product.post<JobView>('/jobs', { spec: { queue, command: ['true'] } });
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await product.get<{ items: JobView[]; next?: string }>(
      `/jobs?queue=${queue}&limit=3${cursor ? `&cursor=${cursor}` : ''}`,
    );
    found.push(...page.items.map(({ metadata }) => metadata.uid));
    cursor = page.next;
  } while (cursor);
  expect(found).toEqual([job.metadata.uid, ...uids.toSorted().toReversed()]);
});
