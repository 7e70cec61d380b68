/**
 * Submits replicas that differ by their seed and a task that waits for all of them, in one batch: all or none. Then
 * waits for that one task. Options: --replicas 40 --customers 50000 --load 0.9 --servers 4 --queue default
 */
import { parseArgs } from 'node:util';
import { Client, task } from '@capstan/client';
import { expectedWait } from './queueing.mjs';

const { values } = parseArgs({
  options: {
    replicas: { type: 'string', default: '40' },
    customers: { type: 'string', default: '50000' },
    load: { type: 'string', default: '0.9' },
    servers: { type: 'string', default: '4' },
    queue: { type: 'string', default: 'default' },
  },
});
const queueing = {
  servers: Number(values.servers),
  load: Number(values.load),
  customers: Number(values.customers),
};
const common = { queue: values.queue, type: 'simulation' };
const run = Date.now().toString(36);
const names = Array.from({ length: Number(values.replicas) }, (_, seed) => `replica-${run}-${seed}`);

const client = new Client();
const startedAt = performance.now();
const { items } = await client.submitBatch(
  [
    ...names.map((name, seed) => task('queueing/replica', { ...queueing, seed }, { ...common, name })),
    task('queueing/reduce', null, { ...common, name: `reduce-${run}`, after: names }),
  ],
  { mode: 'all' },
);
const { mean, error, replicas, digest } = await client.result(items.at(-1));
client.close();

const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `mean wait ${mean.toFixed(4)} ± ${error.toFixed(4)}; theory says ${expectedWait(queueing).toFixed(4)}`,
);
console.log(
  `${replicas} replicas of ${queueing.customers} customers in ${seconds.toFixed(1)} s, bits ${digest}`,
);
