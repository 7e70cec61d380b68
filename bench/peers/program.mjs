/**
 * What the programs of the peers have in common: `node PEER MODE CONNECTION MS` prints one line of JSON,
 * {count, seconds}. `add`: as many jobs as can be added, one by one, with so many calls under way as the product has
 * connections. `cycle`: the same with a worker in the same process, until the last job is completed.
 */
import payload from '../payload.json' with { type: 'json' };

export const CALLERS = 128;

export { payload as PAYLOAD };

/** Calls `add` from CALLERS callers for a time, milliseconds. */
async function addFor(ms, add) {
  let count = 0;
  const until = performance.now() + ms;
  const caller = async () => {
    while (performance.now() < until) {
      count += 1;
      await add(count);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return count;
}

/** @param queue {add, work?, close}: `work` begins to call its argument after each completed job */
export async function run(open) {
  const [mode, connection, ms] = process.argv.slice(2);
  const queue = await open(connection);
  let completed = 0;
  let wake = () => {};
  if (mode === 'cycle') {
    await queue.work((jobs = 1) => {
      completed += jobs;
      wake();
    });
  }
  await addFor(300, queue.add).then((warmed) => {
    completed -= mode === 'cycle' ? warmed : 0;
  });
  if (mode === 'cycle') await until(() => completed >= 0);
  const began = performance.now();
  const count = await addFor(Number(ms), queue.add);
  if (mode === 'cycle') await until(() => completed >= count);
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(`${JSON.stringify({ count, seconds })}\n`);
  await queue.close();
  process.exit(0);

  function until(holds) {
    return new Promise((resolve) => {
      wake = () => holds() && resolve();
      wake();
    });
  }
}
