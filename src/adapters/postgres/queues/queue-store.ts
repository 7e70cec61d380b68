/** The `QueueStore` port over PostgreSQL. */
import { Refused } from '../../../core/errors/refused.ts';
import type { Queue } from '../../../core/scheduling/queue.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import type { Kept, QueueStore, QueueUse } from '../../../ports/queue-store.ts';
import type { Database } from '../database.ts';
import { namedPage, pageOfNamed } from '../named-page.ts';
import { getQueue } from './get-queue.ts';
import { listQueues } from './list-queues.ts';
import { putQueue } from './put-queue.ts';
import { queueUse } from './queue-use.ts';
import { removeQueue } from './remove-queue.ts';

export class PostgresQueues implements QueueStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async put(queue: Queue, now: number): Promise<Kept<Queue>> {
    return (await this.#db.one(putQueue, { queue, now }))!;
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
