/** The `QueueStore` port over PostgreSQL. */
import { Refused } from '../../../core/errors/refused.ts';
import type { Queue } from '../../../core/scheduling/queue.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import type { Around, Kept, QueueStore, QueueUse } from '../../../ports/queue-store.ts';
import type { Database } from '../database.ts';
import { listFlavors } from '../flavors/list-flavors.ts';
import { namedPage, pageOfNamed } from '../named-page.ts';
import { allQueues } from '../scheduling/all-queues.ts';
import { getQueue } from './get-queue.ts';
import { listQueues } from './list-queues.ts';
import { putQueue } from './put-queue.ts';
import { queueUse } from './queue-use.ts';
import { removeQueue } from './remove-queue.ts';

/** Who reads goes on; who makes, changes or removes a queue, or removes a flavor, waits. */
const HOLD_STILL = 'LOCK TABLE queue IN SHARE ROW EXCLUSIVE MODE; LOCK TABLE flavor IN SHARE MODE';

export class PostgresQueues implements QueueStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  put(queue: Queue, now: number, check?: (around: Around) => void): Promise<Kept<Queue>> {
    return this.#db.transaction('BEGIN', async (on) => {
      if (check) {
        await on.execute(HOLD_STILL);
        const flavors = new Set((await on.run(listFlavors, undefined)).map(({ name }) => name));
        check({ queues: await on.run(allQueues, undefined), flavors });
      }
      return (await on.one(putQueue, { queue, now }))!;
    });
  }

  get(name: string): Promise<Kept<Queue> | undefined> {
    return this.#db.one(getQueue, name);
  }

  async list(page: Page): Promise<PageOf<Kept<Queue>>> {
    return pageOfNamed(await this.#db.run(listQueues, namedPage(page)), page);
  }

  async remove(name: string): Promise<boolean> {
    const { removed, jobs, grants, children } = (await this.#db.one(removeQueue, name))!;
    if (jobs + grants + children === 0) return removed;
    const what = [
      jobs > 0 ? `${jobs} live job(s)` : '',
      grants > 0 ? `${grants} grant(s)` : '',
      children > 0 ? `${children} queue(s) below it` : '',
    ];
    throw new Refused('queue.in_use', {
      queue: name,
      what: what.filter((part) => part !== '').join(' and '),
    });
  }

  async use(names: readonly string[]): Promise<Record<string, QueueUse>> {
    const none = names.map((name): [string, QueueUse] => [name, { pending: 0, holding: 0, used: {} }]);
    return Object.fromEntries([...none, ...(await this.#db.run(queueUse, names))]);
  }
}
