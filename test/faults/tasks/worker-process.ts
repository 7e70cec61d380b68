/**
 * A worker in a process of its own, to be killed and frozen: the SDK, with a handler that writes down that it
 * began and ended a task before the product hears of it.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from '../../../clients/typescript/src/index.ts';

const [evidence = '', handler = '', name = ''] = process.argv.slice(2);
const LONGEST_MS = 20;

const worker = new Worker({
  name,
  queues: ['default'],
  concurrency: 50,
  handlers: {
    async [handler](task) {
      appendFileSync(evidence, `${task.uid} ${task.attempt} start\n`);
      await delay(Math.random() * LONGEST_MS);
      appendFileSync(evidence, `${task.uid} ${task.attempt} end\n`);
      return task.payload;
    },
  },
});
await worker.run();
