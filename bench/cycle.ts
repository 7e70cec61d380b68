/**
 * Whole lives of tasks a second: submitted over HTTP one by one, leased by one worker process over its connection,
 * completed, each step durable before it is answered; from the first submission to the last completion. Beside it
 * other queues, whose producer and worker are one process.
 */
import { join } from 'node:path';
import { startDatabase } from './harness/database.ts';
import { figureOf, type Report } from './harness/figure.ts';
import { scratch } from './harness/scratch.ts';
import { peersOn } from './queue/peers.ts';
import { CONNECTIONS, Product } from './queue/product.ts';

const ROUNDS = 3;
const ROUND = 3000;
const GOALS: Readonly<Record<string, number>> = { 'pg-boss': 4, 'graphile-worker': 8 };

export async function run(report: Report): Promise<void> {
  using place = scratch();
  await using database = await startDatabase(join(place.dir, 'database'));
  await using product = await Product.start(place.dir, database);
  await product.hire();
  await cycle(product);
  const rates: number[] = [];
  const peers = peersOn(database, place.dir).map((peer) => ({ peer, rates: [] as number[] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.push(await cycle(product));
    for (const one of peers) one.rates.push(await one.peer.measure('cycle', ROUND));
  }
  const name = `cycle, ${CONNECTIONS} connections, one worker`;
  report(figureOf({ name, samples: rates, unit: '1/s' }));
  for (const { peer, rates: samples } of peers) {
    const against = { against: `${peer.name}, in-process`, samples };
    const ratio = GOALS[peer.name];
    report(
      figureOf({ name: `${name}, beside ${peer.name}`, samples: rates, unit: '1/s', peer: against, ratio }),
    );
  }
}

/** Tasks a second, until the last one has ended. */
export async function cycle(
  product: Product,
  ms = ROUND,
  drained: () => Promise<void> = () => product.drained(),
): Promise<number> {
  const began = performance.now();
  const { count } = await product.load(ms);
  await drained();
  return count / ((performance.now() - began) / 1000);
}
