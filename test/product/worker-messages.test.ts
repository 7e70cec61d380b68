/** What crosses a worker's connection, where its limits and its order are: message by message. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { LARGEST_MESSAGE } from '../../src/contract/worker-link.ts';
import { Product, until } from './product.ts';
import { RawWorker, type Task, workerKey } from './raw-worker.ts';

let product: Product;
let key: string;
beforeAll(async () => {
  product = await Product.start();
  key = await workerKey(product);
});
afterAll(() => product.end());

const workers: RawWorker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.drop();
});

async function join(handlers: string[], concurrency = 10): Promise<RawWorker> {
  const worker = await RawWorker.join(product, { key, handlers, concurrency });
  workers.push(worker);
  return worker;
}

interface Ended {
  readonly uid: string;
  readonly state: string;
  readonly result?: unknown;
}

async function wait(jobs: readonly string[]): Promise<readonly Ended[]> {
  for (;;) {
    const answer = await product.post<{ done: boolean; jobs: Ended[] }>('/jobs:wait', { jobs });
    if (answer.done) return answer.jobs;
  }
}

async function batch(jobs: readonly object[]): Promise<string[]> {
  const { items } = await product.post<{ items: { uid: string }[] }>('/jobs:batch', { mode: 'all', jobs });
  return items.map(({ uid }) => uid);
}

async function read(url: string, headers: Record<string, string>): Promise<unknown> {
  return (await fetch(url, { headers })).json();
}

test('a handler gets the trace of who submitted its task, where the server records none', async () => {
  const worker = await join(['traced']);
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const body = { spec: { task: { handler: 'traced' } } };
  expect((await product.request('POST', '/jobs', body, { traceparent })).status).toBe(201);
  const [task] = (await worker.holds(1)) as [Task];
  expect(task.traceparent).toBe(traceparent);
  worker.done(task);
  await wait([task.uid]);
});

test('a worker that says what it came to and leaves in one breath has said it', async () => {
  const worker = await join(['breath']);
  const uids = await batch(Array.from({ length: 5 }, () => ({ spec: { task: { handler: 'breath' } } })));
  for (const task of await worker.holds(5)) worker.done(task, { result: task.uid });
  worker.send({ type: 'bye' });
  await until('it is let go', () => worker.closed === 1000);
  const ended = await wait(uids);
  expect(ended.map(({ state, result }) => [state, result])).toEqual(uids.map((uid) => ['succeeded', uid]));
  expect(uids.flatMap((uid) => worker.acks(uid))).toEqual(uids.map(() => 'recorded'));
});

test('a task that waited for more than a message holds gets a part of it by path, all of it whole', async () => {
  const worker = await join(['big', 'reduce'], 300);
  const results = Array.from({ length: 140 }, (_, index) => `${index}-${'x'.repeat(31_000)}`);
  const names = results.map((_, index) => `big-${index}`);
  worker.on((task) => {
    if (task.handler === 'big') worker.done(task, { result: results[task.payload as number] });
  });
  await batch([
    ...names.map((name, payload) => ({ name, spec: { task: { handler: 'big', payload } } })),
    { name: 'reduced', spec: { task: { handler: 'reduce', after: names } } },
  ]);
  const isReduce = (task: Task) => task.handler === 'reduce';
  await until('it is handed out', () => worker.tasks.some(isReduce));
  const reduce = worker.tasks.find(isReduce) as Task;
  expect(Buffer.byteLength(JSON.stringify(reduce))).toBeLessThan(LARGEST_MESSAGE);
  const given: unknown[] = [];
  const headers = { authorization: `Bearer ${key}` };
  for (const { result, resultPath } of reduce.dependencies ?? []) {
    given.push(resultPath === undefined ? result : await read(product.address + resultPath, headers));
  }
  expect(given).toEqual(results);
  worker.done(reduce);
  await wait([reduce.uid]);
});
