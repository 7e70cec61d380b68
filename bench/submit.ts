/**
 * Durable submissions a second: tasks over HTTP, one in each request, with token check, permission, quota, events
 * and audit, beside what other queues take in-process. Everything shares this machine; rounds take turns.
 */
import { join } from 'node:path';
import { startDatabase } from './harness/database.ts';
import { figureOf, type Report } from './harness/figure.ts';
import { quantile } from './harness/samples.ts';
import { scratch } from './harness/scratch.ts';
import { peersOn } from './queue/peers.ts';
import { CONNECTIONS, type Load, Product } from './queue/product.ts';

const ROUNDS = 3;
/** Each round of each queue, milliseconds. */
const ROUND = 3000;
/** What is aimed at, times the peer's rate. */
const GOALS: Readonly<Record<string, number>> = { 'BullMQ, appendfsync everysec': 1.2, 'pg-boss': 6 };

export async function run(report: Report): Promise<void> {
  using place = scratch();
  await using database = await startDatabase(join(place.dir, 'database'));
  await using product = await Product.start(place.dir, database);
  await product.load(ROUND);
  const loads: Load[] = [];
  const together: number[] = [];
  const peers = peersOn(database, place.dir).map((peer) => ({ peer, rates: [] as number[] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    loads.push(await product.load(ROUND));
    const bySdk = await product.loadBySdk(ROUND);
    together.push(bySdk.count / bySdk.seconds);
    for (const { peer, rates } of peers) rates.push(await peer.measure('add', ROUND));
  }
  const rates = loads.map(({ count, seconds }) => count / seconds);
  const name = `submit over HTTP, ${CONNECTIONS} connections`;
  report(figureOf({ name, samples: rates, unit: '1/s' }));
  const sdk = `submit by the SDK, ${CONNECTIONS} callers, put together`;
  report(figureOf({ name: sdk, samples: together, unit: '1/s' }));
  for (const { peer, rates: samples } of peers) {
    const against = { against: `${peer.name}, in-process add`, samples };
    const ratio = GOALS[peer.name];
    report(
      figureOf({ name: `${name}, beside ${peer.name}`, samples: rates, unit: '1/s', peer: against, ratio }),
    );
  }
  for (const [label, q] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const samples = loads.map(({ latencies }) => quantile(latencies, q));
    report(figureOf({ name: `${name}, ${label}`, samples, unit: 'ms' }));
  }
}
