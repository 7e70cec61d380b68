/** Tasks beside clients and workers that are slow, deaf, broken, or live in another hour: the others do not notice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fakeClock } from '../faults/strikes.ts';
import { Product, ROOT, until } from './product.ts';
import { RawWorker, workerKey } from './raw-worker.ts';

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

async function joined(asking: object): Promise<RawWorker> {
  const worker = await RawWorker.join(product, { key, ...asking });
  workers.push(worker);
  return worker;
}

const HANDLER = 'echo';
const echoing = (worker: RawWorker) => worker.on((task) => worker.done(task, { result: task.payload }));

/** Uids of so many tasks, in one batch. */
async function submit(count: number, payload: unknown = 'x', handler = HANDLER): Promise<string[]> {
  const jobs = Array.from({ length: count }, () => ({ spec: { task: { handler, payload } } }));
  const { items } = await product.post<{ items: { uid: string }[] }>('/jobs:batch', { mode: 'all', jobs });
  return items.map(({ uid }) => uid);
}

async function ended(uids: readonly string[]): Promise<Record<string, number>> {
  for (;;) {
    const body = { jobs: uids };
    const answer = await product.post<{ done: boolean; jobs: { state: string }[] }>('/jobs:wait', body);
    if (!answer.done) continue;
    const groups = Map.groupBy(answer.jobs, ({ state }) => state);
    return Object.fromEntries([...groups].map(([state, all]) => [state, all.length]));
  }
}

/** The status that a body is answered with. */
async function post(body: string | undefined): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(`${product.address}/api/v1/jobs`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status;
}

function open(): Socket {
  const { hostname, port } = new URL(product.address);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** A byte each second, for as long as anybody listens; answers how many there were. */
async function trickle(socket: Socket, text: string, over: AbortSignal): Promise<number> {
  let sent = 0;
  while (!over.aborted && !socket.destroyed && sent < text.length) {
    socket.write(text[sent] ?? '');
    sent += 1;
    await delay(1000, undefined, { signal: over }).catch(() => undefined);
  }
  return sent;
}

describe('tasks go on', { timeout: 60_000 }, () => {
  test('beside clients that send a byte a second, submissions and hellos alike', async () => {
    echoing(await joined({ handlers: [HANDLER] }));
    const body = JSON.stringify({ spec: { task: { handler: HANDLER } } });
    const head = `Host: here\r\nAuthorization: Bearer ${key}\r\n`;
    const request = `POST /api/v1/jobs HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const hello = `GET /api/v1/worker HTTP/1.1\r\n${head}Upgrade: websocket\r\n`;
    const over = new AbortController();
    const slow = Array.from({ length: 100 }, (_, n) =>
      trickle(open(), n % 2 === 0 ? request : hello, over.signal),
    );
    for (let round = 0; round < 5; round += 1) {
      expect(await ended(await submit(200))).toEqual({ succeeded: 200 });
    }
    over.abort();
    expect(Math.min(...(await Promise.all(slow)))).toBeGreaterThan(0);
  });

  test('beside a flood of requests and messages that are none', async () => {
    echoing(await joined({ handlers: [HANDLER] }));
    const calm = new AbortController();
    const answers = new Map<number | string, number>();
    const note = (what: number | string) => answers.set(what, (answers.get(what) ?? 0) + 1);
    const bad = ['{', '[]', '{"spec":{"task":{"handler":"a","handler":"b"}}}', '{"spec":7}', '\u0000'];
    const flood = async () => {
      for (let n = 0; !calm.signal.aborted; n += 1) note(await post(bad[n % bad.length]));
    };
    const messages = async () => {
      while (!calm.signal.aborted) {
        const worker = await RawWorker.connect(product, key);
        worker.text('{"type":"hello","handlers":7}');
        await until('it is cut off', () => worker.closed !== undefined);
        note(`closed ${worker.closed}`);
      }
    };
    const floods = [...Array.from({ length: 16 }, flood), messages(), messages()];
    for (let round = 0; round < 5; round += 1) {
      expect(await ended(await submit(200))).toEqual({ succeeded: 200 });
    }
    calm.abort();
    await Promise.all(floods);
    expect([...answers.keys()].map(String).sort()).toEqual(['400', '403', 'closed 4400']);
    expect(answers.get(400)).toBeGreaterThan(100);
  });

  test('when a worker does not read what it is given: it is cut off, and another does its tasks', async () => {
    const deaf = await joined({ handlers: ['bulky'], concurrency: 2000 });
    deaf.pause();
    // More than the network and the server hold for one worker.
    const uids = await submit(900, 'y'.repeat(30_000), 'bulky');
    await until('tasks were given to it', async () => {
      return (await product.job(uids[0]!)).status.state === 'running';
    });
    const other = await joined({ handlers: ['bulky'], concurrency: 100 });
    other.on((task) => other.done(task, { result: 1 }));
    expect(await ended(uids)).toEqual({ succeeded: 900 });
    const { status } = await product.job(uids[0]!);
    expect(status).toMatchObject({ attempt: 2, charges: { failed: 0, lost: 1, preempted: 0 } });
  });
});

/** The SDK in a process of its own, whose clock goes by the file. */
function skewed(
  folder: string,
  { handler, env }: { handler: string; env: Record<string, string> },
): ChildProcess {
  const program = join(ROOT, 'test/faults/tasks/worker-process.ts');
  const child = spawn(process.execPath, [program, join(folder, 'trace'), handler, handler], {
    env: { PATH: process.env.PATH ?? '', CAPSTAN_SERVER: product.address, CAPSTAN_KEY: key, ...env },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

interface Seat {
  readonly name: string;
  readonly since: string;
  readonly silentFor: number;
}

/** Longer than a lease ago, and heard since. */
async function outlivedItsLease(name: string): Promise<boolean> {
  const { items } = await product.get<{ items: Seat[] }>('/workers');
  const seat = items.find((worker) => worker.name === name);
  return seat !== undefined && Date.now() - Date.parse(seat.since) > 5000 && seat.silentFor < 4;
}

describe('a worker whose clock is off', { timeout: 60_000 }, () => {
  test.each([
    { by: '+3600s', handler: 'early' },
    { by: '-3600s', handler: 'late' },
  ])('by $by keeps its leases and completes its tasks', async ({ by, handler }) => {
    const folder = mkdtempSync(join(tmpdir(), 'capstan-skew-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const clock = fakeClock(join(folder, 'clock'));
    if ('skipped' in clock) {
      console.log(`skipped: a worker whose clock is off: ${clock.skipped}`);
      return;
    }
    writeFileSync(join(folder, 'clock'), `${by}\n`);
    skewed(folder, { handler, env: clock.has });
    const uids = await submit(50, 'x', handler);
    expect(await ended(uids)).toEqual({ succeeded: 50 });
    await until('it has outlived a lease', () => outlivedItsLease(handler));
    expect(await ended(await submit(50, 'x', handler))).toEqual({ succeeded: 50 });
    const jobs = await Promise.all(uids.slice(0, 5).map((uid) => product.job(uid)));
    expect(jobs.map(({ status }) => status.charges.lost)).toEqual([0, 0, 0, 0, 0]);
    expect(readFileSync(join(folder, 'trace'), 'utf8').match(/ end$/gm)).toHaveLength(100);
  });
});
