/**
 * Tasks by the SDK, which puts together those that are submitted at the same time: `node sdk-load.ts CALLERS MS`
 * prints {count, seconds}. Each caller waits for the answer to its own task, which is durable by then.
 */
import { Client } from '../../clients/typescript/src/index.ts';
import payload from '../payload.json' with { type: 'json' };

const [callers = '', ms = ''] = process.argv.slice(2);
const client = new Client({ coalesce: true });
let count = 0;
const began = performance.now();
const until = began + Number(ms);
const caller = async () => {
  while (performance.now() < until) {
    await client.submit('bench', payload, { queue: 'default' });
    count += 1;
  }
};
await Promise.all(Array.from({ length: Number(callers) }, caller));
console.log(JSON.stringify({ count, seconds: (performance.now() - began) / 1000, latencies: [] }));
client.close();
process.exit(0);
