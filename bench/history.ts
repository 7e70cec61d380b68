/**
 * The whole life of tasks with five million finished, a million delayed and two hundred thousand blocked ones in the
 * tables, beside the same in an empty installation: what is not ready is in no index that claims read. The two take
 * turns. `--scale 0.1` fills a tenth.
 */
import { join } from 'node:path';
import pg from 'pg';
import { cycle } from './cycle.ts';
import { type BenchDatabase, startDatabase } from './harness/database.ts';
import { figureOf, type Report } from './harness/figure.ts';
import { scratch } from './harness/scratch.ts';
import { Product } from './queue/product.ts';

const ROUNDS = 5;
const ROUND = 3000;
const FINISHED = 5_000_000;
const DELAYED = 1_000_000;
const BLOCKED = 200_000;
const GOAL = 0.85;
const DAY = 86_400_000;

export async function run(report: Report, { scale }: { readonly scale: number }): Promise<void> {
  using place = scratch();
  await using database = await startDatabase(join(place.dir, 'database'));
  await using empty = await Product.start(place.dir, database);
  await using full = await Product.start(place.dir, database);
  await fill(database, full.database, scale);
  const rates = new Map<Product, number[]>([
    [empty, []],
    [full, []],
  ]);
  const measure = async (product: Product) => {
    await using client = await connected(database, product.database);
    return await cycle(product, ROUND, () =>
      product.until('every task that was ready has ended', async () => {
        const { rows } = await client.query<{ busy: boolean }>(BUSY);
        return rows[0]?.busy === false;
      }),
    );
  };
  for (const product of rates.keys()) {
    await product.hire();
    await measure(product);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [product, samples] of rates) samples.push(await measure(product));
  }
  report(
    figureOf({
      name: `cycle with ${FINISHED * scale} finished, ${DELAYED * scale} delayed, ${BLOCKED * scale} blocked`,
      samples: rates.get(full)!,
      unit: '1/s',
      peer: { against: 'an empty installation', samples: rates.get(empty)! },
      ratio: GOAL,
    }),
  );
}

/** By the indexes of what is ready and what is leased: counting a million rows that wait would be measured too. */
const BUSY = `
  SELECT EXISTS (SELECT FROM task WHERE state_name = 'pending' AND blocked IS NULL)
      OR EXISTS (SELECT FROM task WHERE worker IS NOT NULL) AS busy`;

async function connected({ config }: BenchDatabase, database: string) {
  const client = new pg.Client({ ...config, database, ssl: false });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

/** Rows as the product leaves them; delays of a year, so that none ends meanwhile. */
async function fill(on: BenchDatabase, database: string, scale: number): Promise<void> {
  await using client = await connected(on, database);
  const now = Date.now();
  const common = `gen_random_uuid(), 'default', 'default', 'bench', '', 'batch', 50`;
  const waiting = `
    INSERT INTO task (uid, project, queue, handler, fair_key, type, priority, order_key, state_name, blocked,
      created_at, due_at, due_rule, fence, version, submitted_by, waits, linked, payload)
    SELECT ${common}, ${now} + n, 'pending',`;
  await client.query(`
      INSERT INTO task_history (uid, project, queue, handler, fair_key, type, priority, state_name, created_at,
        started_at, ended_at, fence, version, worker, submitted_by, payload, result)
      SELECT ${common}, 'succeeded', ${now} - n, ${now} - n, ${now} - n, 1, 3, gen_random_uuid(), 'key/bench',
        '{"n":0}', 'null' FROM generate_series(1, ${FINISHED * scale}) n`);
  await client.query(`${waiting} 'delay', ${now}, ${now + 365 * DAY} + n, false, 0, 1, 'key/bench', 0, false,
      '{"n":0}' FROM generate_series(1, ${DELAYED * scale}) n`);
  await client.query(`${waiting} 'tasks', ${now}, NULL, false, 0, 1, 'key/bench', 1, true,
      '{"n":0}' FROM generate_series(1, ${BLOCKED * scale}) n`);
  await client.query('VACUUM (ANALYZE) task');
  await client.query('ANALYZE task_history');
  await client.query('CHECKPOINT');
}
