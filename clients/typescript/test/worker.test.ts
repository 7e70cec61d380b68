/** A worker's connection, against a server that does only what the test says. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Task, WorkerRefused } from '../src/index.ts';
import { Bench, echo, held } from './bench.ts';
import { until } from './live.ts';
import { SESSION, uid } from './scripted-link.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.set();
});
afterEach(() => bench.clear());

describe('a worker', () => {
  test('says what it can do, with its key, and is heard as often as asked', async () => {
    bench.start({ b: echo, a: echo }, { labels: { gpu: 'no' }, queues: ['one', 'two'], name: 'me' });
    const connection = await bench.link.welcomed();
    expect(connection.said[0]).toEqual({
      type: 'hello',
      name: 'me',
      handlers: ['a', 'b'],
      queues: ['one', 'two'],
      labels: { gpu: 'no' },
      concurrency: 4,
      client: expect.stringMatching(/^capstan-typescript\//),
    });
    expect(connection.key).toBe('Bearer cap_test');
    await connection.hears('heartbeat', 3);
  });

  test('is heard while a handler keeps the main thread', async () => {
    const block = () => {
      const end = performance.now() + 400;
      while (performance.now() < end);
      return 'done';
    };
    bench.start({ echo: block });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1) });
    await connection.results(1);
    // Of a heartbeat every 50 ms at least three came in the 400 ms before the result.
    const beats = connection.said.slice(
      0,
      connection.said.findIndex(({ type }) => type === 'done'),
    );
    expect(beats.filter(({ type }) => type === 'heartbeat').length).toBeGreaterThanOrEqual(3);
  });

  test('sends a report again after a break until it is acknowledged, and never after', async () => {
    bench.start();
    const first = await bench.link.welcomed(0);
    first.tasks({ uid: uid(1), payload: 'once' });
    await first.results(1);
    first.drop();
    const second = await bench.link.connection(1);
    expect(second.said[0]).toMatchObject({ session: SESSION, holding: [{ uid: uid(1), attempt: 1 }] });
    second.welcome();
    expect(await second.results(1)).toEqual([{ uid: uid(1), attempt: 1, result: 'once' }]);
    second.ack({ uid: uid(1) });
    second.drop();
    const third = await bench.link.connection(2);
    expect(third.said[0]).toMatchObject({ session: SESSION, holding: [] });
    third.welcome();
    await third.hears('heartbeat');
    expect(third.done).toEqual([]);
  });

  test('drops a report that is stale', async () => {
    bench.start();
    const first = await bench.link.welcomed();
    first.tasks({ uid: uid(1) });
    await first.results(1);
    first.ack({ uid: uid(1), outcome: 'stale' });
    first.drop();
    expect((await bench.link.connection(1)).said[0]).toMatchObject({ holding: [] });
  });

  test('stops what it has lost, and reports nothing of it', async () => {
    const { handler, signals, letGo } = held();
    bench.start({ echo: handler });
    const first = await bench.link.welcomed();
    first.tasks({ uid: uid(1) });
    await until('it runs', () => signals.length === 1);
    first.drop();
    const second = await bench.link.connection(1);
    second.welcome({ lost: [{ uid: uid(1), attempt: 1 }] });
    await until('it is asked to stop', () => signals[0]?.aborted === true);
    letGo('late');
    second.tasks({ uid: uid(2) });
    expect((await second.results(1)).map((done) => done.uid)).toEqual([uid(2)]);
  });

  test('gives up all it held when the server begins another session', async () => {
    const { handler, signals, letGo } = held();
    bench.start({ echo: handler });
    const first = await bench.link.welcomed();
    first.tasks({ uid: uid(1) });
    await until('it runs', () => signals.length === 1);
    first.drop();
    (await bench.link.connection(1)).welcome({ session: uid(99) });
    await until('it is asked to stop', () => signals[0]?.aborted === true);
    letGo(null);
  });

  test('does not start a lease twice that is handed out twice', async () => {
    const { handler, signals, letGo } = held();
    bench.start({ echo: handler });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1) });
    connection.tasks({ uid: uid(1) }, { uid: uid(2) });
    await until('both run', () => signals.length >= 2);
    letGo(null);
    await connection.results(2);
    expect(signals).toHaveLength(2);
  });

  test('ends an earlier attempt when a later one of the task comes', async () => {
    const { handler, signals, letGo } = held();
    bench.start({ echo: handler });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1), attempt: 1 });
    await until('it runs', () => signals.length === 1);
    connection.tasks({ uid: uid(1), attempt: 2 });
    await until('both run', () => signals.length === 2);
    letGo('x');
    const entries = await connection.results(1);
    expect([signals.map(({ aborted }) => aborted), entries.map(({ attempt }) => attempt)]).toEqual([
      [true, false],
      [2],
    ]);
  });

  test('stops what it is told to, within the grace, and says so', async () => {
    const stopped = async (_: Task, { signal }: { signal: AbortSignal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw signal.reason;
    };
    bench.start({ echo: stopped });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1) });
    connection.send({
      type: 'stop',
      tasks: [{ uid: uid(1), attempt: 1, reason: 'cancelled', graceMs: 5000 }],
    });
    expect(await connection.results(1)).toEqual([{ uid: uid(1), attempt: 1, stopped: true }]);
  });

  test('takes fewer tasks while a handler goes on without its lease', async () => {
    const { handler, letGo } = held();
    bench.start({ echo: handler });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1) });
    connection.send({ type: 'stop', tasks: [{ uid: uid(1), attempt: 1, reason: 'cancelled', graceMs: 10 }] });
    expect(await connection.hears('resize')).toMatchObject({ concurrency: 3 });
    letGo(null);
    expect(await connection.hears('resize', 2)).toMatchObject({ concurrency: 4 });
    expect(connection.done).toEqual([]);
  });

  test('connects again with its session when the server moves', async () => {
    bench.start();
    const first = await bench.link.welcomed();
    first.send({ type: 'moving' });
    expect((await bench.link.connection(1)).said[0]).toMatchObject({ session: SESSION });
    await until('the old connection is closed', () => first.closed !== undefined);
  });

  test.each([
    { code: 1001, session: SESSION },
    { code: 1011, session: SESSION },
    { code: 4429, session: SESSION },
    { code: 4409, session: undefined },
  ])('closed with $code comes back with the session $session', async ({ code, session }) => {
    bench.start();
    (await bench.link.welcomed()).close(code);
    expect((await bench.link.connection(1)).said[0]?.session).toBe(session);
  });

  test.each([
    {
      what: 'its key ends',
      send: { type: 'error', code: 'auth.invalid', message: 'no' },
      close: 1008,
      code: 'auth.invalid',
    },
    {
      what: 'its messages are not read, and it owes none',
      send: { type: 'error', code: 'worker.message', message: 'no' },
      close: 4400,
      code: 'worker.message',
    },
    {
      what: 'it is refused without a reason',
      send: { type: 'acks', acks: [] },
      close: 1008,
      code: 'client.refused',
    },
  ])('ends when $what', async ({ send, close, code }) => {
    const { over } = bench.start();
    const connection = await bench.link.welcomed();
    connection.send(send);
    connection.close(close);
    const error = await over;
    expect(error).toBeInstanceOf(WorkerRefused);
    expect((error as WorkerRefused).code).toBe(code);
  });

  test('finds the one report that the server can not read, and goes on', async () => {
    bench.start();
    const first = await bench.link.welcomed();
    first.tasks({ uid: uid(1), payload: 'good' }, { uid: uid(2), payload: 'bad' });
    await first.results(2);
    first.close(4400);
    const second = await bench.link.welcomed(1);
    expect(await second.results(1)).toMatchObject([{ uid: uid(1) }]);
    second.ack({ uid: uid(1) });
    await second.results(2);
    second.close(4400);
    const third = await bench.link.welcomed(2);
    expect(await third.results(1)).toMatchObject([{ uid: uid(2), error: { retryable: false } }]);
  });

  test('fails a task of a handler that it does not have', async () => {
    bench.start();
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1), handler: 'toString' });
    expect(await connection.results(1)).toMatchObject([
      { error: { message: 'this worker has no handler toString' } },
    ]);
  });

  test('ignores messages that it does not know', async () => {
    bench.start();
    const connection = await bench.link.welcomed();
    connection.send({ type: 'compliment' });
    connection.tasks({ uid: uid(1), payload: 1 });
    expect(await connection.results(1)).toHaveLength(1);
  });

  test('says what a handler logged and how far it was before it says what it came to', async () => {
    bench.start({
      echo: async (_, context) => {
        context.progress(0.5, 'half');
        context.log('one', 2);
        context.log('two\nthree');
        return null;
      },
    });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1) });
    await connection.results(1);
    const at = connection.said.findIndex(({ type }) => type === 'report');
    expect(connection.said[at]).toMatchObject({
      items: [
        { uid: uid(1), progress: { fraction: 0.5, message: 'half' }, lines: ['one 2', 'two', 'three'] },
      ],
    });
    expect(at).toBeLessThan(connection.said.findIndex(({ type }) => type === 'done'));
  });

  test('drops lines beyond what is taken, and says how many', async () => {
    bench.start({
      echo: async (_, { log }) => {
        for (let line = 0; line < 1200; line += 1) log(`line ${line}`);
      },
    });
    const connection = await bench.link.welcomed();
    connection.tasks({ uid: uid(1) });
    await connection.results(1);
    const items = connection.all('report').flatMap((message) => message.items as { lines: string[] }[]);
    const lines = items.flatMap((item) => item.lines);
    const dropped = lines.flatMap((line) => Number(/^\[(\d+) lines dropped/.exec(line)?.[1] ?? 0));
    const kept = lines.filter((line) => line.startsWith('line ')).length;
    expect(kept + dropped.reduce((sum, one) => sum + one, 0)).toBe(1200);
    expect(Math.max(...items.map((item) => item.lines.length))).toBeLessThanOrEqual(1000);
  });
});
