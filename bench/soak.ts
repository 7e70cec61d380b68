/**
 * A quarter of an hour of whole lives of tasks at half the rate that the machine can do: does memory grow, do dead
 * rows pile up, do waits get longer. The rate is measured first, in the same run. `--scale 0.2` takes a fifth of the
 * time.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { cycle } from './cycle.ts';
import { type BenchDatabase, startDatabase } from './harness/database.ts';
import { figureOf, type Report } from './harness/figure.ts';
import { quantile } from './harness/samples.ts';
import { scratch } from './harness/scratch.ts';
import { waitsOf } from './latency.ts';
import { Product } from './queue/product.ts';
import { residentMegabytes } from './queue/usage.ts';

const MINUTE = 60_000;
const MINUTES = 15;
/** Caches fill, tables and heaps take their working size. */
const SETTLED = 3;
const PROBE_MS = 6000;
const MOST_GROWTH = 1;
const MOST_P99_GROWTH = 1.2;

interface Minute {
  readonly server: number;
  readonly postgres: number;
  readonly dead: number;
}

export async function run(report: Report, { scale }: { readonly scale: number }): Promise<void> {
  using place = scratch();
  await using database = await startDatabase(join(place.dir, 'database'));
  await using product = await Product.start(place.dir, database);
  await product.hire();
  await cycle(product, PROBE_MS);
  const most = await cycle(product, PROBE_MS);
  await product.dismiss();
  const rate = Math.floor(most / 2);
  const file = join(place.dir, 'moments');
  await product.hire(file);
  const began = Date.now();
  const minutes: Minute[] = [];
  // A key: access tokens last ten minutes.
  const load = product.steady(rate, MINUTES * scale * MINUTE, product.server.key);
  const watching = watch({ product, database, minutes, count: Math.floor(MINUTES * scale) });
  const [{ count, late }] = await Promise.all([load, watching]);
  await product.drained();
  await product.dismiss();
  tell(report, { minutes, p99: p99PerMinute(file, began), rate });
  console.error(`${count} tasks at ${rate} a second (${Math.round(most)} at most), ${late} sent late`);
}

async function watch(of: {
  readonly product: Product;
  readonly database: BenchDatabase;
  readonly minutes: Minute[];
  readonly count: number;
}): Promise<void> {
  const { product, database, minutes, count } = of;
  const client = new pg.Client({ ...database.config, database: product.database, ssl: false });
  // Whatever ended the bench is what is told of.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const started = performance.now();
    while (minutes.length < count) {
      await delay(started + (minutes.length + 1) * MINUTE - performance.now());
      const { rows } = await client.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity UNION SELECT pg_backend_pid()`,
      );
      const dead = await client.query<{ dead: string }>(
        `SELECT n_dead_tup AS dead FROM pg_stat_user_tables WHERE relname = 'task'`,
      );
      minutes.push({
        server: residentMegabytes(product.server.pid),
        postgres: ownMegabytes(rows.map(({ pid }) => pid)),
        dead: Number(dead.rows[0]?.dead ?? Number.NaN),
      });
      console.error(`minute ${minutes.length}: ${JSON.stringify(minutes.at(-1))}`);
    }
  } finally {
    await client.end();
  }
}

/** Of all processes of a PostgreSQL together: what they share, its buffers above all, is counted once. */
function ownMegabytes(pids: readonly number[]): number {
  const all = new Set(pids.flatMap((pid) => [pid, ...parentOf(pid)]));
  let kilobytes = 0;
  for (const pid of all)
    kilobytes += Number(/^Pss:\s+(\d+) kB$/m.exec(ofProcess(pid, 'smaps_rollup'))?.[1] ?? 0);
  return kilobytes / 1024;
}

function parentOf(pid: number): number[] {
  const parent = /^PPid:\s+(\d+)$/m.exec(ofProcess(pid, 'status'))?.[1];
  return parent === undefined ? [] : [Number(parent)];
}

/** Nothing when it has ended since it was listed. */
function ofProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function p99PerMinute(file: string, began: number): number[] {
  const minutes: number[][] = [];
  for (const { sent, wait } of waitsOf(file)) {
    const minute = Math.floor((sent - began) / MINUTE);
    let waits = minutes[minute];
    if (!waits) {
      waits = [];
      minutes[minute] = waits;
    }
    waits.push(wait);
  }
  return minutes.filter((waits) => waits.length > 0).map((waits) => quantile(waits, 0.99));
}

function tell(
  report: Report,
  { minutes, p99, rate }: { minutes: readonly Minute[]; p99: readonly number[]; rate: number },
): void {
  const settled = minutes.slice(SETTLED);
  const at = `at ${rate} a second`;
  for (const who of ['server', 'postgres'] as const) {
    const samples = [slope(settled.map((minute) => minute[who]))];
    report(figureOf({ name: `growth of ${who} a minute, ${at}`, samples, unit: 'MB', goal: MOST_GROWTH }));
  }
  const dead = settled.map((minute) => minute.dead);
  const early = { against: 'the first half of the time', samples: dead.slice(0, Math.ceil(dead.length / 2)) };
  report(
    figureOf({
      name: `dead rows of tasks, second half, ${at}`,
      samples: dead.slice(Math.floor(dead.length / 2)),
      unit: 'rows',
      peer: early,
      ratio: 1.2,
    }),
  );
  // The load ends with whole minutes; what was sent after the last one is too little to be one.
  const whole = p99.slice(0, minutes.length);
  report(
    figureOf({
      name: `p99 of the last minute, due → handler entered, ${at}`,
      samples: whole.slice(-1),
      unit: 'ms',
      peer: { against: 'the fourth minute', samples: whole.slice(SETTLED, SETTLED + 1) },
      ratio: MOST_P99_GROWTH,
    }),
  );
}

/** Least squares, per step. */
function slope(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const middle = (n - 1) / 2;
  let over = 0;
  let under = 0;
  values.forEach((value, index) => {
    over += (index - middle) * (value - mean);
    under += (index - middle) ** 2;
  });
  return under === 0 ? Number.NaN : over / under;
}
