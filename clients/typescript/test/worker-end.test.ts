/** How a worker ends, gathers, and reads and writes what is large, against a server that does only what the test says. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batch, type Task, Worker } from '../src/index.ts';
import { Bench, echo, held } from './bench.ts';
import { until } from './live.ts';
import { uid } from './scripted-link.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.set();
});
afterEach(() => bench.clear());

describe('the end of a worker', () => {
  test('drains: no more is taken, what runs is finished and acknowledged, then bye', async () => {
    const { handler, letGo } = held();
    const { worker, over } = bench.start({ echo: handler });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1) });
    await connection.hears('heartbeat');
    worker.stop();
    expect(await connection.hears('resize')).toMatchObject({ concurrency: 0 });
    letGo('finished');
    await connection.results(1);
    expect(connection.all('bye')).toEqual([]);
    connection.ack({ uid: uid(1) });
    await connection.hears('bye');
    connection.close(1000);
    expect(await over).toBeUndefined();
  });

  test('at a second stop hands back what runs', async () => {
    const { handler, signals } = held();
    const { worker, over } = bench.start({
      echo: (task, context) => {
        context.signal.addEventListener('abort', () => signals.push(context.signal));
        return Promise.race([
          handler(task, context),
          new Promise((resolve) => context.signal.addEventListener('abort', resolve)),
        ]);
      },
    });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1) });
    await until('it runs', () => signals.length === 1);
    worker.stop();
    worker.stop();
    await connection.hears('bye');
    connection.close(1000);
    expect([await over, connection.done, signals[0]?.aborted]).toEqual([undefined, [], true]);
  });

  test('before it was ever connected is at once', async () => {
    await bench.link.close();
    const { worker, over } = bench.start();
    worker.stop();
    expect(await over).toBeUndefined();
  });

  test('is waited for by `run`, which takes a signal', async () => {
    const controller = new AbortController();
    const worker = new Worker({ server: bench.link.address, handlers: { echo }, log: () => undefined });
    const over = worker.run({ signals: false, signal: controller.signal });
    const connection = await bench.link.welcomed();
    controller.abort();
    await connection.hears('bye');
    connection.close(1000);
    await over;
  });
});

describe('batches', () => {
  test('are called once with all that came, and answer each for itself', async () => {
    const sizes: number[] = [];
    const handle = async (tasks: Task[]) => {
      sizes.push(tasks.length);
      return tasks.map(({ payload }) => (payload === 'bad' ? new Error('bad one') : payload));
    };
    bench.start({ echo: batch(handle, { size: 3, within: 10_000 }) });
    const connection = await bench.link.welcomed();
    connection.tasks(
      { uid: uid(1), payload: 1 },
      { uid: uid(2), payload: 'bad' },
      { uid: uid(3), payload: 3 },
    );
    const results = await connection.results(3);
    expect(sizes).toEqual([3]);
    const inOrder = results.toSorted((a, b) => a.uid.localeCompare(b.uid));
    expect(inOrder.map(({ result, error }) => result ?? error?.message)).toEqual([1, 'bad one', 3]);
  });

  test('that return too few results fail, for good', async () => {
    bench.start({ echo: batch(async () => [1], { size: 2, within: 10_000 }) });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1) }, { uid: uid(2) });
    for (const { error } of await connection.results(2)) {
      expect(error).toMatchObject({ message: 'echo returned 1 results for 2 tasks', retryable: false });
    }
  });

  test('leave out a task that is stopped while it waits', async () => {
    const seen: number[] = [];
    const handle = async (tasks: Task[]) => {
      seen.push(tasks.length);
      return tasks.map(() => null);
    };
    bench.start({ echo: batch(handle, { size: 2, within: 10_000 }) });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1) });
    connection.send({
      type: 'stop',
      tasks: [{ uid: uid(1), attempt: 1, reason: 'cancelled', graceMs: 5000 }],
    });
    expect(await connection.results(1)).toEqual([{ uid: uid(1), attempt: 1, stopped: true }]);
    connection.tasks({ uid: uid(2) }, { uid: uid(3) });
    await connection.results(3);
    expect(seen).toEqual([2]);
  });
});

describe('a connection that is not opened', () => {
  test.each([401, 403, 404])('with %i ends the worker', async (status) => {
    await bench.script({ refuse: () => status });
    const { over } = bench.start();
    expect(await over).toMatchObject({ code: 'test.refused', status, name: 'WorkerRefused' });
  });

  test.each([429, 500, 503])('with %i is tried again', async (status) => {
    await bench.script({ refuse: (attempt) => (attempt === 0 ? status : undefined) });
    bench.start();
    await bench.link.welcomed(0);
  });
});

describe('large values', () => {
  test('come by their path, and go ahead by HTTP', async () => {
    await bench.script({
      http: ({ url = '' }) => ({ status: 200, body: url.includes('payloads') ? { text: 'large' } : {} }),
    });
    bench.start({ echo: async ({ payload }) => [payload, 'y'.repeat(4_200_000)] });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1), payload: undefined, payloadPath: '/api/v1/worker/payloads/x/1' });
    expect(await connection.results(1)).toEqual([{ uid: uid(1), attempt: 1 }]);
    expect(bench.link.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v1/worker/payloads/x/1',
      `PUT /api/v1/worker/results/${uid(1)}/1`,
    ]);
    expect(JSON.parse(bench.link.requests[1]?.body ?? '')).toEqual({
      result: [{ text: 'large' }, 'y'.repeat(4_200_000)],
    });
  });

  test('are not asked for at an address that is not the server’s own', async () => {
    bench.start();
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1), payload: undefined, payloadPath: '@elsewhere.example/api/' });
    expect(await connection.results(1)).toMatchObject([{ error: { type: 'TypeError' } }]);
    expect(bench.link.requests).toEqual([]);
  });
});
