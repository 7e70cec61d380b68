/** `capstan up --nodes`: clusters that only wait, as their users have them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobView } from '../../src/contract/job.ts';
import { Product, ROOT, until } from './product.ts';

const THREE_NODES = `
clusters:
  - name: sim-a
    nodes:
      - name: gpu-{n}
        count: 3
        allocatable: {cpu: "8", memory: 64Gi, nvidia.com/gpu: 8}
        labels: {gpu: a100}
        rack: r{n/2}
`;

/** Every member takes a node for itself. */
function gang(members: number, ms: number, change: object = {}) {
  return {
    type: 'training',
    members,
    command: ['train'],
    env: { CAPSTAN_SIMULATED_MS: String(ms) },
    resources: { cpu: '6', memory: '1Gi', 'nvidia.com/gpu': 8 },
    nodeSelector: { gpu: 'a100' },
    retry: { limit: 0 },
    ...change,
  };
}

const attemptsOf = ({ status }: JobView) => status.attempts ?? [];

describe('capstan up --nodes', { timeout: 120_000 }, () => {
  let files: string;
  let product: Product;

  beforeAll(async () => {
    files = mkdtempSync(join(tmpdir(), 'capstan-nodes-'));
    writeFileSync(join(files, 'nodes.yaml'), THREE_NODES);
    product = await Product.start({}, ['--nodes', join(files, 'nodes.yaml')]);
  }, 120_000);
  afterAll(async () => {
    await product.end();
    rmSync(files, { recursive: true, force: true });
  }, 120_000);

  test('its nodes are there, beside this machine', async () => {
    await until('all nodes are told', async () => (await nodes()).length === 4);
    expect((await nodes()).filter(({ agent }) => agent === 'sim-a')).toMatchObject([
      { name: 'gpu-0', connected: true, labels: { gpu: 'a100', 'capstan.dev/rack': 'r0' } },
      { name: 'gpu-1', labels: { 'capstan.dev/rack': 'r0' } },
      { name: 'gpu-2', labels: { 'capstan.dev/rack': 'r1' } },
    ]);
  });

  test('a gang is admitted whole, runs, and ends; the next one waits for it', async () => {
    await product.submit('first', gang(3, 1500));
    await product.reaches('first', ['running']);
    await product.submit('second', gang(2, 0));
    const first = await product.reaches('first', ['succeeded']);
    const placed = attemptsOf(first)[0]?.members.map(({ node }) => node);
    expect(placed?.toSorted()).toEqual(['gpu-0', 'gpu-1', 'gpu-2']);
    const second = await product.reaches('second', ['succeeded']);
    const [before, after] = [attemptsOf(first)[0]?.endedAt ?? '', attemptsOf(second)[0]?.startedAt ?? ''];
    expect(Date.parse(after)).toBeGreaterThanOrEqual(Date.parse(before));
    await until('its log is kept', async () => (await product.logs('first')).includes('simulated on gpu-'));
    expect((await product.events('first')).map(({ message }) => message).join('\n')).toContain(
      'each member only waits',
    );
  });

  test('a job fails with the exit code that it is told, and is cancelled at once', async () => {
    await product.submit(
      'fails',
      gang(1, 0, { env: { CAPSTAN_SIMULATED_MS: '0', CAPSTAN_SIMULATED_EXIT: '3' } }),
    );
    expect(await product.reaches('fails', ['failed'])).toMatchObject({ status: { reason: 'ExitCode' } });
    await product.submit('stays', gang(1, 600_000));
    await product.reaches('stays', ['running']);
    expect((await product.cli(['cancel', 'stays'])).code).toBe(0);
    await product.reaches('stays', ['cancelled']);
  });

  test('what ran when it was killed is lost, and tried again under another number', async () => {
    await product.submit('outlived', gang(2, 4000));
    await product.submit('waits', gang(3, 0));
    await product.reaches('outlived', ['running']);
    await product.kill('SIGKILL');
    await product.up();
    await product.reaches('outlived', ['succeeded']);
    await product.reaches('waits', ['succeeded']);
    const attempts = attemptsOf(await product.job('outlived'));
    expect(attempts.map(({ number }) => number)).toEqual([1, 2]);
    expect(attempts[0]).toMatchObject({ outcome: { kind: 'failed', reason: 'NodeLost' } });
  });

  test('a cancel that was asked for when it was killed comes to its end', async () => {
    await product.submit('cancelled', gang(1, 600_000, { env: SLOW_TO_STOP, checkpoint: { grace: '10m' } }));
    await product.reaches('cancelled', ['running']);
    await product.cli(['cancel', 'cancelled']);
    await product.reaches('cancelled', ['stopping']);
    await product.kill('SIGKILL');
    await product.up();
    await product.reaches('cancelled', ['cancelled']);
  });

  test('a cluster that is declared no more lets go of what it held', async () => {
    await product.submit('homeless', gang(1, 600_000));
    await product.reaches('homeless', ['running']);
    await product.kill('SIGKILL');
    await product.up([]);
    await product.reaches('homeless', ['pending']);
    expect((await nodes()).filter(({ agent }) => agent === 'sim-a')).toEqual([]);
  });

  test('a file with problems starts nothing, and says where they are', () => {
    const broken = join(files, 'broken.yaml');
    writeFileSync(broken, 'clusters:\n  - name: Sim\n    nodes: []\n');
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, 'bin/capstan.js'), 'up', '--data', join(files, 'none'), '--nodes', broken],
      { encoding: 'utf8' },
    );
    expect(status).toBe(2);
    expect(stderr).toContain(`${broken}:2:5`);
    expect(stderr).toContain('Nothing was started.');
  });

  async function nodes() {
    const { items } = await product.get<{ items: { agent: string; name: string }[] }>('/nodes');
    return items;
  }
});

const SLOW_TO_STOP = { CAPSTAN_SIMULATED_MS: '600000', CAPSTAN_SIMULATED_STOP_MS: '600000' };
