/** A warm worker in a process of its own, with the SDK: `node worker.ts`. Prints a line when it is connected. */
import { Worker } from '../../clients/typescript/src/index.ts';

const worker = new Worker({
  name: 'bench',
  queues: ['default'],
  concurrency: 500,
  handlers: { bench: async () => null },
});
process.once('message', () => worker.stop());
await worker.run();
