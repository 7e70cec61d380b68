/**
 * Dispatch: from the moment at which a submission was due to the moment at which its handler was entered, at a
 * steady rate of 2,000 a second. That is more than from its commit: the request, and whatever waited before it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './harness/check.ts';
import { startDatabase } from './harness/database.ts';
import { figureOf, type Report } from './harness/figure.ts';
import { quantile } from './harness/samples.ts';
import { scratch } from './harness/scratch.ts';
import { Product } from './queue/product.ts';

const RATES = [500, 1000, 2000];
const ROUND = 12_000;
const WARM_UP = 3000;
const GOALS = { p50: 5, p99: 15 } as const;
const GOAL_RATE = 2000;

export async function run(report: Report): Promise<void> {
  using place = scratch();
  await using database = await startDatabase(join(place.dir, 'database'));
  await using product = await Product.start(place.dir, database);
  for (const rate of RATES) {
    const file = join(place.dir, `moments-${rate}`);
    await product.hire(file);
    await product.steady(rate, WARM_UP);
    const from = Date.now();
    const { count } = await product.steady(rate, ROUND);
    await product.drained();
    await product.dismiss();
    const waits = waitsOf(file).flatMap(({ sent, wait }) => (sent >= from ? [wait] : []));
    check(waits.length === count, `${count} handlers were entered, not ${waits.length}`);
    for (const [label, q] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      const goal = rate === GOAL_RATE ? { goal: GOALS[label] } : {};
      const name = `due → handler entered, ${rate} a second, ${label}`;
      report(figureOf({ name, samples: [quantile(waits, q)], unit: 'ms', ...goal }));
    }
  }
}

/** Milliseconds, and when it was due. */
export function waitsOf(file: string): { sent: number; wait: number }[] {
  const bytes = readFileSync(file);
  const moments = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  const waits: { sent: number; wait: number }[] = [];
  for (let i = 0; i < moments.length; i += 2)
    waits.push({ sent: moments[i]!, wait: moments[i + 1]! - moments[i]! });
  return waits;
}
