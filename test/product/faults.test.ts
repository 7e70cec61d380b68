/** Pulling plugs: what runs goes on, what was acknowledged is kept. */
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Product, ROOT, until } from './product.ts';

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
  test('while four processes train: they go on, end once, and their whole log is there', async () => {
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
  test('for a while: 503 with Retry-After, the job goes on, and nothing acknowledged is lost', async () => {
    await product.submit('long', {
      command: ['sh', '-c', 'sleep 3; echo survived'],
      resources: { cpu: '50m' },
    });
    await product.reaches('long', ['running']);
    const postmaster = Number(readFileSync(await postmasterFile(product.data), 'utf8').split('\n')[0]);
    process.kill(postmaster, 'SIGSTOP');
    try {
      const answer = await product.request('POST', '/jobs', { name: 'during', spec: { command: ['true'] } });
      // The stopped postmaster still has its backends: they may serve, or a new connection is needed and refused.
      expect([201, 503]).toContain(answer.status);
      if (answer.status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      process.kill(postmaster, 'SIGCONT');
    }
    await product.reaches('long', ['succeeded']);
    expect(await product.logs('long')).toContain('survived');
  });
});

async function postmasterFile(data: string): Promise<string> {
  return join(data, 'postgres/data/postmaster.pid');
}
