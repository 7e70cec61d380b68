/** Pulling plugs: what runs goes on, what was acknowledged is kept. */
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ownDatabase, ownServer } from './own-database.ts';
import { homeOf, Product, ROOT, until } from './product.ts';

let product: Product;
let example: string;
beforeEach(async () => {
  product = await Product.start();
  example = mkdtempSync(join(tmpdir(), 'capstan-example-'));
  chmodSync(example, 0o755);
  cpSync(join(ROOT, 'examples/digits-ddp'), example, { recursive: true });
});
afterEach(async () => {
  await product.end();
  rmSync(example, { recursive: true, force: true });
});

function stepsOf(log: string): number[] {
  const lines = log.split('\n').filter((line) => line.includes('"event":"step"'));
  return lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))).step);
}

describe('a server that is killed', () => {
  test('while four processes train: they go on, end once, and their whole log is there', {
    timeout: 120_000,
  }, async () => {
    const submitted = await product.cli(['submit', '-f', join(example, 'job.yaml'), '-o', 'name']);
    expect(submitted).toMatchObject({ code: 0 });
    await until('it trains', async () => stepsOf(await product.logs('digits-ddp')).length > 3);
    const before = await product.job('digits-ddp');
    await product.kill('SIGKILL');
    await product.up();
    const { status } = await product.reaches('digits-ddp', ['succeeded', 'failed', 'cancelled']);
    expect(status).toMatchObject({ state: 'succeeded', attempt: 1 });
    expect(status.attempts).toHaveLength(1);
    expect(status.attempts[0]?.members.map(({ pid }) => pid)).toEqual(
      before.status.attempts[0]?.members.map(({ pid }) => pid),
    );
    const log = await product.logs('digits-ddp');
    const steps = stepsOf(log);
    expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
    expect(log).toMatch(/"event":"done"/);
    const told = (await product.events('digits-ddp')).filter(({ state }) => state === 'succeeded');
    expect(told).toHaveLength(1);
  });

  test('is started again on what it held, and a second one is refused, naming the first', async () => {
    await product.kill('SIGKILL');
    await product.up();
    const second = await product.cli(['up', '--data', product.data, '--port', '0']);
    expect(second.code).not.toBe(0);
    expect(second.stderr).toContain(String(product.pid));
  });
});

describe('a database that is gone', () => {
  test('is started again: 503 with Retry-After meanwhile, the job goes on, and nothing acknowledged is lost', async () => {
    await product.submit('long', {
      command: ['sh', '-c', 'sleep 3; echo survived'],
      resources: { cpu: '50m' },
    });
    await product.reaches('long', ['running']);
    process.kill(postmasterOf(product.data), 'SIGKILL');
    const acknowledged: string[] = [];
    const refused: number[] = [];
    let count = 0;
    await until('it was refused, and accepts again', async () => {
      const name = `during-${count++}`;
      const answer = await product.request('POST', '/jobs', { name, spec: { command: ['true'] } });
      if (answer.status === 201) acknowledged.push(name);
      else refused.push(Number(answer.headers.get('retry-after')));
      return refused.length > 0 && answer.status === 201;
    });
    expect(refused.every((seconds) => seconds > 0)).toBe(true);
    await product.reaches('long', ['succeeded']);
    expect(await product.logs('long')).toContain('survived');
    for (const name of acknowledged) await product.reaches(name, ['succeeded']);
  });

  test('of ours, for as long as it takes: the server says 503 and comes back by itself', async () => {
    await using database = await ownDatabase();
    await using server = await ownServer(database.url);
    expect(
      (await server.request('POST', '/jobs', { name: 'kept', spec: { command: ['true'] } })).status,
    ).toBe(201);
    await database.stop();
    await until(
      'it says that it is not ready',
      async () => (await fetch(`${server.address}/readyz`)).status === 503,
    );
    const answer = await server.request('GET', '/jobs');
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ error: { code: 'store.unavailable' } });
    await database.start();
    await until('it is ready again', async () => (await fetch(`${server.address}/readyz`)).ok);
    const { items } = (await (await server.request('GET', '/jobs')).json()) as {
      items: { metadata: { name: string } }[];
    };
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['kept']);
  });
});

function postmasterOf(data: string): number {
  return Number(readFileSync(join(homeOf(data), 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
}
