/**
 * Fifteen thousand short workloads through the whole product, on simulated nodes: five cohorts of six queues, in each
 * 350 small, 100 medium and 50 large jobs of 1, 5 and 20 of a quota of 20, which run 200, 500 and 1,000 ms, submitted
 * over a minute. The floor is the work over the quota; the shape is that of a public test of another queueing system.
 * `--scale 0.1` submits a tenth of the jobs in a tenth of the time.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Capstan } from './harness/capstan.ts';
import { check } from './harness/check.ts';
import { figureOf, type Report } from './harness/figure.ts';
import { scratch } from './harness/scratch.ts';

const BIN = join(import.meta.dirname, '../bin/capstan.js');
const COHORTS = 5;
const QUEUES = 6;
const QUOTA = 20;
const BORROWING = 100;
const SUBMIT_MS = 60_000;
const LONGEST_MS = 600_000;
const CLIENTS = 32;
/** Makespan over the floor. */
const GOAL = 1.2;

const KINDS = [
  { kind: 'small', count: 350, cpu: 1, ms: 200, priority: 25 },
  { kind: 'medium', count: 100, cpu: 5, ms: 500, priority: 50 },
  { kind: 'large', count: 50, cpu: 20, ms: 1000, priority: 100 },
] as const;

/** No limits of the API in the way: the work is. */
const SETTINGS = {
  CAPSTAN_LOG_LEVEL: 'warn',
  CAPSTAN_LIMITS_WRITES_PER_SECOND: '1000000',
  CAPSTAN_LIMITS_WRITE_BURST: '1000000',
  CAPSTAN_LIMITS_READS_PER_SECOND: '1000000',
  CAPSTAN_LIMITS_READ_BURST: '1000000',
};

export async function run(report: Report, { scale }: { readonly scale: number }): Promise<void> {
  using place = scratch();
  const nodes = join(place.dir, 'nodes.yaml');
  writeFileSync(nodes, nodesFile(COHORTS * QUEUES * QUOTA));
  const up = [
    BIN,
    'up',
    '--data',
    join(place.dir, 'data'),
    '--port',
    '0',
    '--output',
    'json',
    '--nodes',
    nodes,
  ];
  await using server = await Capstan.start({ program: up, home: place.dir, env: SETTINGS });
  await prepare(server);
  const jobs = jobsOf(scale);
  const work = jobs.reduce((sum, { cpu, ms }) => sum + cpu * ms, 0);
  const floor = work / (COHORTS * QUEUES * QUOTA) / 1000;
  const began = performance.now();
  await submit(server, jobs, SUBMIT_MS * scale);
  const submitted = (performance.now() - began) / 1000;
  await drained(server);
  const seconds = (performance.now() - began) / 1000;
  await replayed(server);
  const peer = {
    against: `the floor, work over quota; submitted in ${submitted.toFixed(0)} s`,
    samples: [floor],
  };
  const name = `${jobs.length} workloads from the first submission to the last end`;
  report(figureOf({ name, samples: [seconds], unit: 's', peer, ratio: GOAL }));
}

function nodesFile(cpu: number): string {
  const each = 40;
  const group = {
    name: 'node-{n}',
    count: Math.ceil((cpu * 1.5) / each),
    allocatable: { cpu: String(each), memory: '64Gi' },
  };
  return JSON.stringify({ local: false, clusters: [{ name: 'main', nodes: [group] }] });
}

async function prepare({ client }: Capstan): Promise<void> {
  for (let cohort = 0; cohort < COHORTS; cohort += 1) {
    const parent = `cohort-${cohort}`;
    await client.call('queue.put', { name: parent });
    for (let n = 0; n < QUEUES; n += 1) {
      const name = `${parent}-${n}`;
      const limits = { quota: { cpu: String(QUOTA) }, borrowing: { cpu: String(BORROWING) } };
      await client.call('queue.put', { name, parent, ...limits });
      await client.call('grant.put', { project: 'default', queue: name });
    }
  }
}

interface Workload {
  readonly queue: string;
  readonly cpu: number;
  readonly ms: number;
  readonly priority: number;
}

/** Of all queues and kinds in turns. */
function jobsOf(scale: number): Workload[] {
  const jobs: (Workload & { at: number })[] = [];
  for (let cohort = 0; cohort < COHORTS; cohort += 1) {
    for (let n = 0; n < QUEUES; n += 1) {
      for (const { count, cpu, ms, priority } of KINDS) {
        const many = Math.round(count * scale);
        for (let k = 0; k < many; k += 1)
          jobs.push({ queue: `cohort-${cohort}-${n}`, cpu, ms, priority, at: k / many });
      }
    }
  }
  return jobs.sort((a, b) => a.at - b.at);
}

async function submit({ client }: Capstan, jobs: readonly Workload[], over: number): Promise<void> {
  const began = performance.now();
  let next = 0;
  const one = async () => {
    while (next < jobs.length) {
      const n = next;
      next += 1;
      await delay(Math.max(0, began + (n / jobs.length) * over - performance.now()));
      const { queue, cpu, ms, priority } = jobs[n]!;
      const env = { CAPSTAN_SIMULATED_MS: String(ms), CAPSTAN_SIMULATED_STOP_MS: '10' };
      const resources = { cpu: String(cpu) };
      const spec = { queue, priority, command: ['sleep', '1'], env, resources, checkpoint: { grace: '1s' } };
      await client.call('job.submit', { project: 'default', spec });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, one));
}

/** Every decision is made again by another process, and comes out the same. */
async function replayed(server: Capstan): Promise<void> {
  const said = JSON.parse(await server.cli('replay', '-o', 'json')) as {
    replayed: number;
    identical: number;
  };
  check(
    said.replayed > 0 && said.identical === said.replayed,
    `all of ${said.replayed} decisions are identical`,
  );
  console.error(`${said.identical} of ${said.replayed} decisions were made again and are identical`);
}

async function drained({ client }: Capstan): Promise<void> {
  const late = performance.now() + LONGEST_MS;
  for (;;) {
    const { items } = await client.call('queue.list', { limit: 500 });
    const left = items.reduce((sum, { status }) => sum + status.pending + status.holding, 0);
    if (left === 0) return;
    check(performance.now() < late, `every workload ends; ${left} are left`);
    await delay(200);
  }
}
