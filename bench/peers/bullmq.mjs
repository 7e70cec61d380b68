/**
 * BullMQ on Redis. As docs.bullmq.io says for throughput: finished jobs are removed at once ("Auto-removal of
 * jobs"), a worker has a concurrency of hundreds ("Concurrency"), connections are not shared with blocking calls.
 */
import { Queue, Worker } from 'bullmq';
import { PAYLOAD, run } from './program.mjs';

await run(async (path) => {
  const connection = { path, maxRetriesPerRequest: null };
  const queue = new Queue('bench', { connection });
  await queue.waitUntilReady();
  const workers = [];
  return {
    add: () => queue.add('task', PAYLOAD, { removeOnComplete: true, removeOnFail: true }),
    async work(onDone) {
      const worker = new Worker('bench', async () => null, { connection, concurrency: 200 });
      worker.on('completed', () => onDone());
      workers.push(worker);
      await worker.waitUntilReady();
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close(true)));
      await queue.close();
    },
  };
});
