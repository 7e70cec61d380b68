/** Tasks through the running product: submitted over HTTP, handled by a worker over its connection. */
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
afterEach(async () => {
  for (const worker of workers.splice(0)) worker.drop();
});

async function join(asking: Omit<Parameters<typeof RawWorker.join>[1], 'key'> = {}): Promise<RawWorker> {
  const worker = await RawWorker.join(product, { key, ...asking });
  workers.push(worker);
  return worker;
}

let handlers = 0;
/** One of its own for each test, so that no test handles another's tasks. */
function aHandler(): string {
  handlers += 1;
  return `handler-${handlers}`;
}

const NO_WAIT = { retry: { backoff: { initial: '0s', max: '0s' } } };

async function submit(task: object, spec: object = {}, more: object = {}): Promise<string> {
  const job = await product.post<JobView>('/jobs', { spec: { task, ...spec }, ...more });
  return job.metadata.uid;
}

interface Ended {
  readonly state: string;
  readonly reason: string;
  readonly message: string;
  readonly result?: unknown;
  readonly error?: { message: string; type?: string };
}

async function wait(...jobs: string[]): Promise<Ended[]> {
  for (;;) {
    const answer = await product.post<{ done: boolean; jobs: Ended[] }>('/jobs:wait', { jobs });
    if (answer.done) return answer.jobs;
  }
}

const state = async (uid: string) => (await product.job(uid)).status.state;

describe('a task', () => {
  test('is handed to a worker, and its result to whoever waits for it', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler] });
    worker.on((task) => worker.done(task, { result: { twice: [task.payload, task.payload] } }));
    const uid = await submit({ handler, payload: { text: 'ü\n"' } });
    expect(await wait(uid)).toMatchObject([
      { state: 'succeeded', reason: 'Completed', result: { twice: [{ text: 'ü\n"' }, { text: 'ü\n"' }] } },
    ]);
    const { spec, status } = await product.job(uid);
    expect(spec).toMatchObject({ task: { handler, payload: { text: 'ü\n"' } } });
    expect(status.attempts).toMatchObject([{ number: 1, outcome: { kind: 'succeeded' } }]);
    const reasons = (await product.events(uid)).map(({ reason }) => reason);
    expect(reasons).toEqual(['Submitted', 'Started', 'Completed']);
    expect(worker.acks(uid)).toEqual(['recorded']);
  });

  test('waits for a worker of its handler, and says which are near', async () => {
    const handler = 'transcribe';
    await join({ handlers: [`${handler}-all`] });
    const uid = await submit({ handler });
    const { status } = await product.job(uid);
    expect(status).toMatchObject({ state: 'pending', reason: 'NoWorker' });
    expect(status.message).toContain(`did you mean ${handler}-all?`);
    const worker = await join({ handlers: [handler] });
    worker.on((task) => worker.done(task));
    expect(await wait(uid)).toMatchObject([{ state: 'succeeded' }]);
  });

  test('that fails is tried again, with what its handler threw kept by attempt', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler] });
    worker.on((task) =>
      worker.done(
        task,
        task.attempt < 3 ? { error: { message: `no ${task.attempt}`, type: 'Flaky' } } : { result: 3 },
      ),
    );
    const uid = await submit({ handler }, NO_WAIT);
    expect(await wait(uid)).toMatchObject([{ state: 'succeeded', result: 3 }]);
    const { attempts, charges } = (await product.job(uid)).status;
    expect(attempts.map(({ outcome }) => outcome?.error?.message)).toEqual(['no 1', 'no 2', undefined]);
    expect(charges.failed).toBe(2);
  });

  test.each([
    {
      what: 'is out of retries',
      spec: { retry: { limit: 0 } },
      error: { message: 'bad', type: 'ValueError' },
    },
    { what: 'can not be retried', spec: {}, error: { message: 'bad', type: 'ValueError', retryable: false } },
    {
      what: 'meets a rule by the name of its exception',
      spec: { retry: { rules: [{ reasons: ['ValueError'], action: 'fail' }] } },
      error: { message: 'bad', type: 'ValueError' },
    },
  ])('that $what is a dead letter, with its error, until it is redriven', async ({ spec, error }) => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler] });
    worker.on((task) => worker.done(task, task.attempt === 1 ? { error } : { result: 'well' }));
    const uid = await submit({ handler }, spec);
    expect(await wait(uid)).toMatchObject([
      { state: 'failed', reason: 'HandlerError', error: { message: 'bad', type: 'ValueError' } },
    ]);
    const answer = await product.post('/jobs:redrive', { handler, reason: 'mended' });
    expect(answer).toEqual({ matched: 1, redriven: 1, more: false });
    expect(await wait(uid)).toMatchObject([{ state: 'succeeded', result: 'well' }]);
  });

  test('shows its progress, and its log by attempt', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler] });
    const uid = await submit({ handler });
    const [task] = (await worker.holds(1)) as [Task];
    const lease = { uid: task.uid, attempt: task.attempt };
    worker.send({
      type: 'report',
      items: [{ ...lease, progress: { fraction: 0.5, message: 'half' }, lines: ['one', 'two'] }],
    });
    await until('its progress shows', async () => (await product.job(uid)).status.progress?.fraction === 0.5);
    worker.send({ type: 'report', items: [{ ...lease, lines: ['three'] }] });
    worker.done(task);
    await wait(uid);
    expect((await product.logs(uid)).trim().split('\n')).toEqual(['one', 'two', 'three']);
  });

  test('with a payload and a result too large for a row has them whole', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler] });
    const payload = { text: 'x'.repeat(300_000) };
    worker.on(async (task) => {
      const read = await fetch(product.address + task.payloadPath, {
        headers: { authorization: `Bearer ${key}` },
      });
      worker.done(task, { result: await read.json() });
    });
    const uid = await submit({ handler, payload });
    const [ended] = await wait(uid);
    expect(ended).toMatchObject({ state: 'succeeded', resultBytes: JSON.stringify(payload).length });
    expect(await product.get(`/jobs/default/${uid}/result`)).toEqual(payload);
    expect(await product.get(`/jobs/default/${uid}/payload`)).toEqual(payload);
  });

  test('whose result was sent ahead has it', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler] });
    const uid = await submit({ handler });
    const [task] = (await worker.holds(1)) as [Task];
    const put = (as: string) =>
      fetch(`${product.address}/api/v1/worker/results/${uid}/${task.attempt}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
        body: JSON.stringify({ result: ['y'.repeat(2_000_000)] }),
      });
    expect((await put(await workerKey(product))).status).toBe(409);
    expect((await put(key)).status).toBe(200);
    worker.done(task, {});
    expect(await wait(uid)).toMatchObject([{ state: 'succeeded' }]);
    expect(await product.get(`/jobs/default/${uid}/result`)).toEqual(['y'.repeat(2_000_000)]);
  });

  test('is not started before its time', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler] });
    const startAfter = new Date(Date.now() + 1200).toISOString();
    const uid = await submit({ handler }, { startAfter });
    expect((await product.job(uid)).status).toMatchObject({ state: 'pending', reason: 'StartAfter' });
    worker.on((task) => worker.done(task));
    await wait(uid);
    const [attempt] = (await product.job(uid)).status.attempts;
    expect(Date.parse(attempt?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startAfter));
  });
});

describe('a stop', () => {
  test('of a task that waits is its end', async () => {
    const uid = await submit({ handler: aHandler() });
    await product.post(`/jobs/default/${uid}/cancel`, { reason: 'enough' });
    expect(await wait(uid)).toMatchObject([{ state: 'cancelled' }]);
  });

  test('of a task that runs is told to its worker, and over when it says so', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler] });
    const uid = await submit({ handler });
    const [task] = (await worker.holds(1)) as [Task];
    await product.post(`/jobs/default/${uid}/cancel`, {});
    await until('the worker is told', () => worker.heard.some(({ type }) => type === 'stop'));
    expect(worker.last('stop').tasks).toMatchObject([{ uid, attempt: 1, graceMs: 10_000 }]);
    expect(await state(uid)).toBe('stopping');
    worker.done(task, { stopped: true });
    expect(await wait(uid)).toMatchObject([{ state: 'cancelled' }]);
  });

  test('that a worker does not answer within the grace takes its lease away', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler], concurrency: 1 });
    const uid = await submit({ handler, cancelGrace: '0s' });
    const [task] = (await worker.holds(1)) as [Task];
    await product.post(`/jobs/default/${uid}/cancel`, {});
    expect(await wait(uid)).toMatchObject([{ state: 'cancelled' }]);
    worker.done(task);
    await until('its report is answered', () => worker.acks(uid).length === 1);
    expect(worker.acks(uid)).toEqual(['stale']);
  });

  test('comes by itself when a task runs longer than its timeout, which is charged as a failure', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler] });
    const uid = await submit({ handler, cancelGrace: '0s' }, { timeout: '300ms', retry: { limit: 0 } });
    await worker.holds(1);
    expect(await wait(uid)).toMatchObject([{ state: 'failed', reason: 'Timeout' }]);
  });
});

describe('a worker', { timeout: 60_000 }, () => {
  test('that is not heard until its lease ends loses its tasks to another, and its late report counts nothing', async () => {
    const handler = aHandler();
    const first = await join({ handlers: [handler], silent: true });
    const uid = await submit({ handler });
    const [lost] = (await first.holds(1)) as [Task];
    const second = await join({ handlers: [handler] });
    const [again] = (await second.holds(1)) as [Task];
    expect([lost.uid, lost.attempt, again.uid, again.attempt]).toEqual([uid, 1, uid, 2]);
    first.done(lost, { result: 'late' });
    second.done(again, { result: 'right' });
    expect(await wait(uid)).toMatchObject([{ state: 'succeeded', result: 'right' }]);
    expect((await product.job(uid)).status.charges).toEqual({ failed: 0, lost: 1, preempted: 0 });
    expect(first.acks(uid).concat(first.closed === undefined ? [] : ['stale'])).toContain('stale');
  });

  test('that comes back with its session goes on where it was', async () => {
    const handler = aHandler();
    const first = await join({ handlers: [handler] });
    const uid = await submit({ handler });
    const [task] = (await first.holds(1)) as [Task];
    first.drop();
    const { uid: held, attempt } = task;
    const second = await join({
      handlers: [handler],
      session: first.session,
      holding: [{ uid: held, attempt }],
    });
    expect(second.last('welcome')).toMatchObject({ session: first.session, lost: [] });
    second.done(task, { result: 'kept' });
    expect(await wait(uid)).toMatchObject([{ state: 'succeeded', result: 'kept' }]);
    expect((await product.job(uid)).status.attempt).toBe(1);
  });

  test('that comes back without a task gets it anew, and is told what is not its own any more', async () => {
    const handler = aHandler();
    const first = await join({ handlers: [handler] });
    const uid = await submit({ handler });
    await first.holds(1);
    first.drop();
    const strange = { uid: '01920000-0000-7000-8000-000000000000', attempt: 3 };
    const second = await join({ handlers: [handler], session: first.session, holding: [strange] });
    expect(second.last('welcome').lost).toEqual([strange]);
    const [again] = (await second.holds(1)) as [Task];
    expect([again.uid, again.attempt]).toEqual([uid, 2]);
    second.done(again);
    await wait(uid);
  });

  test('that says the same twice is heard once', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler] });
    const uid = await submit({ handler });
    const [task] = (await worker.holds(1)) as [Task];
    worker.done(task, { result: 1 });
    worker.done(task, { result: 2 });
    expect(await wait(uid)).toMatchObject([{ result: 1 }]);
    await until('both are answered', () => worker.acks(uid).length === 2);
    expect(worker.acks(uid).toSorted()).toEqual(['recorded', 'stale']);
  });

  test('that lies about a lease changes nothing', async () => {
    const handler = aHandler();
    const [honest, liar] = [
      await join({ handlers: [handler], concurrency: 1 }),
      await join({ handlers: [aHandler()] }),
    ];
    const uid = await submit({ handler });
    const [task] = (await honest.holds(1)) as [Task];
    for (const attempt of [1, 2, 7]) liar.done({ uid, attempt }, { result: 'mine' });
    liar.done({ uid, attempt: 1 }, { error: { message: 'broken', retryable: false } });
    await until('it is answered', () => liar.acks(uid).length === 4);
    expect(new Set(liar.acks(uid))).toEqual(new Set(['stale']));
    honest.done(task, { result: 'true' });
    expect(await wait(uid)).toMatchObject([{ state: 'succeeded', result: 'true' }]);
  });

  test('that leaves gives back what it holds at once', async () => {
    const handler = aHandler();
    const first = await join({ handlers: [handler] });
    const uid = await submit({ handler });
    await first.holds(1);
    first.send({ type: 'bye' });
    await until('it is let go', () => first.closed === 1000);
    const second = await join({ handlers: [handler] });
    const [again] = (await second.holds(1)) as [Task];
    expect(again.uid).toBe(uid);
    second.done(again);
    await wait(uid);
  });

  test('never has more than it asked for', async () => {
    const handler = aHandler();
    const worker = await join({ handlers: [handler], concurrency: 3 });
    const uids = await Promise.all(Array.from({ length: 9 }, () => submit({ handler })));
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
    await wait(...uids);
    expect(most).toBeLessThanOrEqual(3);
  });

  test.each([
    { what: 'no JSON', text: '{', code: 4400 },
    { what: 'an unknown message', text: '{"type":"steal"}', code: 4400 },
    {
      what: 'a second hello',
      text: '{"type":"hello","name":"x","handlers":["a"],"queues":["default"],"concurrency":1}',
      code: 4400,
    },
    { what: 'a message that is too large', text: `"${'x'.repeat(5 * 1024 * 1024)}"`, code: 1009 },
  ])('that sends $what is cut off', async ({ text, code }) => {
    const worker = await join({ handlers: [aHandler()] });
    worker.text(text);
    await until('it is cut off', () => worker.closed !== undefined);
    expect(worker.closed).toBe(code);
  });

  test.each([
    { what: 'another queue', hello: { queues: ['other'] }, says: 'worker.queue' },
    { what: 'another handler', hello: { handlers: ['steal'] }, says: 'worker.handler' },
  ])('may not serve $what than its key says', async ({ hello, says }) => {
    const own = aHandler();
    const scoped = await workerKey(product, { queues: ['default'], handlers: [own] });
    const welcome = await RawWorker.join(product, { key: scoped, handlers: [own] });
    expect(welcome.closed).toBeUndefined();
    welcome.drop();
    const worker = await RawWorker.join(product, { key: scoped, handlers: [own], ...hello });
    await until('it is cut off', () => worker.closed !== undefined);
    expect([worker.last('error').code, worker.closed]).toEqual([says, 1008]);
  });

  test('whose key is revoked is cut off', async () => {
    const made = await product.post<{ key: string; id: string }>('/keys', {
      name: 'short',
      roles: ['worker'],
    });
    const worker = await RawWorker.join(product, { key: made.key, handlers: [aHandler()] });
    await product.post('/keys/short/revoke', {});
    await until('it is cut off', () => worker.closed !== undefined);
    expect(worker.closed).toBe(1008);
  });

  test.each([
    { what: 'no key', as: undefined },
    { what: 'a key that is none', as: 'cap_000000000000_0000000000000000000000000000000000000000000' },
  ])('with $what does not come in', async ({ as }) => {
    await expect(RawWorker.connect(product, as ?? '')).rejects.toThrow('401');
  });
});
