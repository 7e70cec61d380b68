/**
 * A warm worker in a process of its own, with the SDK: `node worker.ts [FILE]`. When it ends it writes to the file
 * when each task was sent and when its handler was entered, as pairs of 64-bit floats, epoch milliseconds.
 */
import { writeFileSync } from 'node:fs';
import { Worker } from '../../clients/typescript/src/index.ts';

const [file] = process.argv.slice(2);
const moments: number[] = [];

const worker = new Worker({
  name: 'bench',
  queues: ['default'],
  concurrency: 500,
  handlers: {
    bench: async ({ payload }) => {
      const { sent } = payload as { sent?: number };
      if (sent !== undefined) moments.push(sent, performance.timeOrigin + performance.now());
      return null;
    },
  },
});
await worker.run();
if (file !== undefined) writeFileSync(file, Float64Array.from(moments));
