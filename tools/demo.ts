/**
 * `npm run demo`: starts the product, trains a real model on four processes as one gang, shows how it
 * goes and what came of it, and stops. `-- --keep` leaves it running.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { parse } from 'yaml';
import type { JobView } from '../src/contract/job.ts';
import { type Running, startProduct } from './demo/product.ts';
import { type Seen, showTraining } from './demo/training.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const EXAMPLE = 'digits-ddp';
const keep = process.argv.includes('--keep');
const heading = (text: string) => console.log(styleText('bold', text));

heading('Starting Capstan: server, embedded PostgreSQL and a local agent …');
const started = performance.now();
const product = await startProduct(ROOT, EXAMPLE);
console.log(`  ready at ${product.address} after ${((performance.now() - started) / 1000).toFixed(1)} s`);
let worked = false;
try {
  worked = await demonstrate(product);
} finally {
  if (keep) leave(product);
  else await product.stop();
}
if (!keep) console.log('Stopped; nothing is left running.');
process.exit(worked ? 0 : 1);

async function demonstrate({ client, example }: Running): Promise<boolean> {
  heading('\nSubmitting examples/digits-ddp/job.yaml: one job of four processes that train together …');
  const { metadata, spec } = parse(readFileSync(join(example, 'job.yaml'), 'utf8'));
  for (const role of spec.roles) role.workingDir = example;
  const job = await client.call('job.submit', { name: metadata.name, spec });
  console.log(
    `  ${job.metadata.namespace}/${job.metadata.name} is ${job.status.state}: ${job.status.message}`,
  );
  const at = { project: job.metadata.namespace, job: job.metadata.uid };
  heading('\nTraining …');
  const seen = await showTraining(client.stream('job.logs', { ...at, follow: true }));
  const ended = await endOf(client, at);
  heading('\nResult');
  printResult(ended, seen);
  heading('\nTimeline');
  await printTimeline(client, at);
  return ended.status.state === 'succeeded' && sound(seen);
}

/** The log can end a moment before the job is said to have. */
async function endOf(client: Running['client'], at: { project: string; job: string }): Promise<JobView> {
  for await (const { job } of client.stream('job.watch', at)) {
    if (job.status.endedAt !== undefined) return job;
  }
  throw new Error('the watch ended before the job did');
}

function printResult({ status }: JobView, { done, digests }: Seen): void {
  console.log(`  ${status.state}: ${status.message}`);
  if (done)
    console.log(
      `  held-out accuracy ${done.held_out_accuracy} after ${done.steps} steps in ${done.seconds} s`,
    );
  console.log(
    `  weights of ${digests.length} ranks: ${new Set(digests).size === 1 ? 'identical to the bit' : 'DIFFERENT'} (sha256 ${digests[0]?.slice(0, 16)}…)`,
  );
  const attempt = status.attempts.at(-1);
  for (const { role, index, exitCode, peakMemory = 0, cpuTime = 0 } of attempt?.members ?? []) {
    console.log(
      `  ${role}-${index}: exit code ${exitCode}, at most ${(peakMemory / 2 ** 20).toFixed(0)} MiB, ${cpuTime.toFixed(1)} s of processor time`,
    );
  }
  for (const { name, bytes } of attempt?.outputs ?? []) console.log(`  output ${name}: ${bytes} bytes`);
}

async function printTimeline(client: Running['client'], at: { project: string; job: string }): Promise<void> {
  const { items } = await client.call('event.list', { ...at, limit: 100 });
  const events = items.toReversed();
  const first = Date.parse(events[0]?.at ?? '');
  for (const event of events) {
    const seconds = ((Date.parse(event.at) - first) / 1000).toFixed(2).padStart(6);
    console.log(`  +${seconds} s  ${event.state.padEnd(10)} ${event.message}`);
  }
}

/** What the example promises, held to it: this is a test too. */
function sound({ done, digests }: Seen): boolean {
  return (
    done !== undefined &&
    done.held_out_accuracy >= 0.95 &&
    digests.length === 4 &&
    new Set(digests).size === 1
  );
}

function leave({ address, keyFile, pid, leave: detach }: Running): void {
  heading('\nStill running');
  console.log(`  export CAPSTAN_SERVER=${address} CAPSTAN_KEY_FILE=${keyFile}`);
  console.log('  npm run --silent capstan -- get jobs');
  console.log(`  kill ${pid}     stops it`);
  detach();
}
