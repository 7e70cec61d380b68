/**
 * Ten thousand tasks in flight on a thousand connections of workers, for longer than two leases: what the server takes
 * in memory, and that it loses no lease. Then nothing at all: what an idle installation takes of a processor.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { check } from './harness/check.ts';
import { startDatabase } from './harness/database.ts';
import { figureOf, type Report } from './harness/figure.ts';
import { scratch } from './harness/scratch.ts';
import { Flock } from './queue/flock.ts';
import { Product } from './queue/product.ts';
import { processorShare, residentMegabytes } from './queue/usage.ts';

const WORKERS = 1000;
const EACH = 10;
const BATCH = 1000;
/** Two leases and more. */
const HELD = 35_000;
const IDLE = 20_000;
const SAMPLES = 10;
const MOST_MEGABYTES = 600;
/** Of one processor. */
const IDLE_SHARE = 1;

export async function run(report: Report): Promise<void> {
  using place = scratch();
  await using database = await startDatabase(join(place.dir, 'database'));
  await using product = await Product.start(place.dir, database);
  await idle(product, report);
  const flock = await Flock.gather(product, { workers: WORKERS, each: EACH });
  try {
    await submit(product, WORKERS * EACH);
    await product.until('all tasks are held', async () => flock.held === WORKERS * EACH);
    const memory: number[] = [];
    for (let n = 0; n < SAMPLES; n += 1) {
      await delay(HELD / SAMPLES);
      memory.push(residentMegabytes(product.server.pid));
    }
    const name = `server with ${WORKERS * EACH} tasks in flight on ${WORKERS} connections`;
    report(figureOf({ name, samples: memory, unit: 'MB', goal: MOST_MEGABYTES }));
    flock.finish();
    await product.drained();
    check(
      flock.handed === WORKERS * EACH,
      `no lease is lost: ${WORKERS * EACH} were handed, not ${flock.handed}`,
    );
  } finally {
    flock.leave();
  }
}

async function idle(product: Product, report: Report): Promise<void> {
  await delay(IDLE / 4);
  const samples: number[] = [];
  for (let n = 0; n < 3; n += 1) samples.push(await processorShare(product.server.pid, IDLE / 3));
  report(figureOf({ name: 'idle server', samples, unit: '% of a processor', goal: IDLE_SHARE }));
}

async function submit(product: Product, count: number): Promise<void> {
  const jobs = Array.from({ length: BATCH }, () => ({
    spec: { queue: 'default', task: { handler: 'bench', payload: null } },
  }));
  for (let sent = 0; sent < count; sent += BATCH) {
    await product.server.client.call('job.submit-batch', {
      mode: 'all',
      jobs,
      idempotencyKey: `flock-${sent}`,
    });
  }
}
