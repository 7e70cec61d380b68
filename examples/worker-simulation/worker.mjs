/** Simulates replicas, and reduces them. A replica keeps its thread busy; the connection has one of its own. */
import { availableParallelism } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { NonRetryable, Worker } from '@capstan/client';
import { meanWait, reduced } from './queueing.mjs';

const worker = new Worker({
  handlers: { 'queueing/replica': replica, 'queueing/reduce': reduce },
  queues: (process.argv[2] ?? 'default').split(','),
  concurrency: availableParallelism(),
  log: (_, message) => console.error(message),
});
await worker.run();

async function replica({ payload: { seed, ...queueing } }, context) {
  if (!(queueing.load < 1)) throw new NonRetryable('with a load of 1 or more the wait has no mean');
  await turn(); // whoever came together begins together
  return meanWait(queueing, seed, {
    keepOn(share) {
      context.progress(share, `${Math.round(share * queueing.customers)} customers`);
      return !context.signal.aborted;
    },
  });
}

/** `dependencies` have the results of `after`, in its order. */
function reduce(_, { dependencies, log }) {
  const all = reduced(dependencies.map(({ result }) => result));
  log(`${all.replicas} replicas: ${all.mean} ± ${all.error}`);
  return all;
}
