/**
 * Tells other replicas that queues have tasks to hand out, or that tasks ended, a moment after the commit that made it
 * so. NOTIFY takes a lock of the whole database server, which its transaction keeps until its commit is on the disk:
 * within the statements through which every task passes, submissions and turns waited for each other. A hint that is
 * lost costs a second, as every hint.
 */
import { CHANNELS } from '../channels.ts';
import type { Database } from '../database.ts';
import { nothing, statement } from '../statement.ts';

/** As often as this at most, milliseconds. */
const EVERY = 10;

/** Without waiting for the disk: it has nothing that a crash could lose. */
const tellTasks = statement({
  name: 'task_tell',
  text: `SELECT set_config('synchronous_commit', 'off', true), pg_notify('${CHANNELS.task}', $1)`,
  values: (text: string) => [text],
  row: nothing,
  unaudited: 'it changes nothing',
});

export class TaskNews {
  readonly #db: Database;
  readonly #textOf: (queues: Iterable<string>) => string;
  readonly #queues = new Set<string>();
  #ended = false;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  /** @param textOf the payload of a signal */
  constructor(db: Database, textOf: (queues: Iterable<string>) => string) {
    this.#db = db;
    this.#textOf = textOf;
  }

  /** There is something to hand out in these queues. */
  more(queues: Iterable<string>): void {
    for (const queue of queues) this.#queues.add(queue);
    this.#soon();
  }

  /** Something ended, or began. */
  changed(): void {
    this.#ended = true;
    this.#soon();
  }

  close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #soon(): void {
    if (!this.#over) this.#timer ??= setTimeout(() => void this.#tell(), EVERY);
  }

  async #tell(): Promise<void> {
    const texts = [...(this.#queues.size > 0 ? [this.#textOf(this.#queues)] : []), ...this.#end()];
    this.#queues.clear();
    // Whoever did not hear of it looks by itself.
    for (const text of texts) await this.#db.run(tellTasks, text).catch(() => undefined);
    this.#timer = undefined;
    if (this.#queues.size > 0 || this.#ended) this.#soon();
  }

  #end(): readonly string[] {
    const texts = this.#ended ? [this.#textOf([])] : [];
    this.#ended = false;
    return texts;
  }
}
