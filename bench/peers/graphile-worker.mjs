/**
 * graphile-worker on PostgreSQL, with the preset of its page "Performance" (worker.graphile.org/docs/performance):
 * 24 jobs at a time, a local queue of 500, completions put together.
 */
import { Logger, makeWorkerUtils, run as startWorker } from 'graphile-worker';
import { PAYLOAD, run } from './program.mjs';

const logger = new Logger(() => () => {});

await run(async (connectionString) => {
  const utils = await makeWorkerUtils({ connectionString, maxPoolSize: 25, logger });
  await utils.migrate();
  let runner;
  return {
    add: () => utils.addJob('task', PAYLOAD),
    async work(onDone) {
      runner = await startWorker({
        logger,
        noHandleSignals: true,
        taskList: { task: async () => {} },
        preset: {
          worker: {
            connectionString,
            concurrentJobs: 24,
            maxPoolSize: 25,
            localQueue: { size: 500 },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
      });
      runner.events.on('job:complete', () => onDone());
    },
    async close() {
      await runner?.stop();
      await utils.release();
    },
  };
});
