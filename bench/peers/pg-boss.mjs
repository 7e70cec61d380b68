/**
 * pg-boss on PostgreSQL. As its documentation says for throughput: large batches, several workers, the shortest
 * polling interval (half a second) and none at all while batches come back full. Its jobs are completed by the return
 * of their batch; they are counted a moment earlier, which is in its favour.
 */
import { PgBoss } from 'pg-boss';
import { PAYLOAD, run } from './program.mjs';

const WORKERS = 4;
const BATCH = 200;

await run(async (connectionString) => {
  const boss = new PgBoss({ connectionString, max: 20 });
  boss.on('error', (error) => {
    throw error;
  });
  await boss.start();
  await boss.createQueue('bench');
  return {
    add: () => boss.send('bench', PAYLOAD),
    async work(onDone) {
      for (let n = 0; n < WORKERS; n += 1) {
        const options = { batchSize: BATCH, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
        await boss.work('bench', options, async (jobs) => onDone(jobs.length));
      }
    },
    close: () => boss.stop({ graceful: false }),
  };
});
