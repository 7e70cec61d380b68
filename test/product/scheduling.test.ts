/** Trees of queues, preemption, and the answers to "why" and "what if", as their users have them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WhatIfView, WhyView } from '../../src/contract/scheduling.ts';
import { Product, until } from './product.ts';

const NODES = `
local: false
clusters:
  - name: sim
    nodes:
      - {name: n-0, count: 1, allocatable: {cpu: "4", memory: 16Gi}, rack: r0}
      - {name: n-1, count: 1, allocatable: {cpu: "4", memory: 16Gi}, rack: r1}
`;

/** research owns 6 of 8 processors, batch 2; each may use what the other leaves. */
const QUEUES = `
apiVersion: capstan.dev/v1alpha1
kind: Queue
metadata: {name: lab}
---
apiVersion: capstan.dev/v1alpha1
kind: Queue
metadata: {name: research}
spec: {parent: lab, quota: {cpu: 6}, weight: 3}
---
apiVersion: capstan.dev/v1alpha1
kind: Queue
metadata: {name: batch}
spec: {parent: lab, quota: {cpu: 2}}
---
apiVersion: capstan.dev/v1alpha1
kind: QueueGrant
spec: {project: default, queue: research}
---
apiVersion: capstan.dev/v1alpha1
kind: QueueGrant
spec: {project: default, queue: batch}
`;

const job = (queue: string, cpu: number, change: object = {}) => ({
  queue,
  command: ['train'],
  resources: { cpu: String(cpu) },
  env: { CAPSTAN_SIMULATED_MS: '600000', CAPSTAN_SIMULATED_STOP_MS: '100' },
  checkpoint: { grace: '5s' },
  ...change,
});

describe('the scheduler of the product', { timeout: 120_000 }, () => {
  let files: string;
  let product: Product;

  beforeAll(async () => {
    files = mkdtempSync(join(tmpdir(), 'capstan-scheduling-'));
    writeFileSync(join(files, 'nodes.yaml'), NODES);
    writeFileSync(join(files, 'queues.yaml'), QUEUES);
    product = await Product.start({}, ['--nodes', join(files, 'nodes.yaml')]);
    expect((await product.cli(['apply', '-f', join(files, 'queues.yaml')])).code).toBe(0);
  }, 120_000);
  afterAll(async () => {
    await product.end();
    rmSync(files, { recursive: true, force: true });
  }, 120_000);

  const asked = async <T>(...args: string[]) =>
    JSON.parse((await product.cli([...args, '-o', 'json'])).stdout) as T;

  test('what batch borrows is taken back for a gang of research, whole and in one rack', async () => {
    for (const name of ['b1', 'b2', 'b3', 'b4']) {
      await product.submit(name, job('batch', 2));
      await product.reaches(name, ['running']);
    }
    await product.submit(
      'gang',
      job('research', 2, { members: 2, topology: { level: 'rack', required: true } }),
    );
    const gang = await product.reaches('gang', ['running']);
    const [attempt] = gang.status.attempts;
    expect(new Set(attempt?.placed?.map(({ node }) => node)).size).toBe(1);
    expect(attempt?.members.map(({ node }) => node)).toEqual([
      attempt?.placed?.[0]?.node,
      attempt?.placed?.[0]?.node,
    ]);
    expect(attempt?.domain).toMatch(/r[01]$/);
    await until('two of batch wait again', async () => (await waiting('batch')).length === 2);
    const [first] = await waiting('batch');
    const why = await asked<WhyView>('why', first!);
    expect(why).toMatchObject({
      state: 'pending',
      live: true,
      preempted: [{ attempt: 1, by: 'default/gang', reason: 'Reclaimed' }],
    });
  });

  test('why says what is in the way, and what it says to help does', async () => {
    const [name] = await waiting('batch');
    const why = await asked<WhyView>('why', name!, '--what-would-help');
    expect(why.blockers.length).toBeGreaterThan(0);
    expect(why.suggestions?.map(({ sentence }) => sentence)).toContainEqual(
      expect.stringMatching(/^job .* ends$/),
    );
    const [, ends] = /^job default\/(\S+) ends$/.exec(
      why.suggestions?.find(({ kind }) => kind === 'end')?.sentence ?? '',
    )!;
    expect((await product.cli(['cancel', ends!])).code).toBe(0);
    await product.reaches(name!, ['running']);
  });

  test('what-if says who would start, and changes nothing', async () => {
    const [name] = await waiting('batch');
    const before = await product.jobs();
    const answer = await asked<WhatIfView>('what-if', '--add-node', 'n-0', '--quota', 'batch:cpu=20');
    expect(answer.starts).toMatchObject([{ job: name, queue: 'batch', agent: 'sim', again: false }]);
    expect((await product.jobs()).map(({ status }) => status.state)).toEqual(
      before.map(({ status }) => status.state),
    );
  });

  test('every decision comes out the same in another process, after a kill as well', async () => {
    const replay = () => asked<{ replayed: number; identical: number }>('replay');
    const first = await replay();
    expect(first.replayed).toBeGreaterThan(4);
    expect(first.identical).toBe(first.replayed);
    await product.kill('SIGKILL');
    await product.up();
    const again = await replay();
    expect(again.replayed).toBeGreaterThanOrEqual(first.replayed);
    expect(again.identical).toBe(again.replayed);
  });

  async function waiting(queue: string): Promise<string[]> {
    const jobs = await product.jobs();
    return jobs
      .filter(({ spec, status }) => spec.queue === queue && status.state === 'pending')
      .map(({ metadata }) => metadata.name)
      .sort();
  }
});
