/**
 * Group commit: while one statement is in flight, what arrives is put together into the next. No
 * timer, so that a lone write waits for nothing. It also keeps NOTIFY cheap: commits that notify are
 * serialised by the database, each with its own flush; a batch is one.
 */
import { Refused } from '../../core/errors/refused.ts';

/** Writes some items at once; answers in their order. */
export type WriteAll<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

export interface GroupCommitOptions<Item> {
  /** Items that share a key never stand in one batch. */
  readonly keysOf: (item: Item) => readonly string[];
  readonly maxBatch: number;
  /** How many may wait for the batch in flight; one more is refused at once. */
  readonly maxWaiting?: number | undefined;
  /** Whether a batch that failed so may succeed when its items are written one by one. */
  readonly mayDivide: (error: unknown) => boolean;
}

/** A second of work or two; whoever comes later had better come back. */
const MOST_WAITING = 10_000;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit<Item, Result> {
  readonly #write: WriteAll<Item, Result>;
  readonly #options: GroupCommitOptions<Item>;
  #waiting: Waiting<Item, Result>[] = [];
  #busy = false;

  constructor(write: WriteAll<Item, Result>, options: GroupCommitOptions<Item>) {
    this.#write = write;
    this.#options = options;
  }

  /** @throws Refused `limit.busy` when as many wait as may: nothing of the item was written */
  add(item: Item): Promise<Result> {
    if (this.#waiting.length >= (this.#options.maxWaiting ?? MOST_WAITING))
      return Promise.reject(new Refused('limit.busy'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#busy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) await this.#settle(this.#nextBatch());
    this.#busy = false;
  }

  #nextBatch(): Waiting<Item, Result>[] {
    const batch: Waiting<Item, Result>[] = [];
    const later: Waiting<Item, Result>[] = [];
    const taken = new Set<string>();
    for (const waiting of this.#waiting) {
      const keys = this.#options.keysOf(waiting.item);
      const fits = batch.length < this.#options.maxBatch && !keys.some((key) => taken.has(key));
      for (const key of keys) taken.add(key);
      (fits ? batch : later).push(waiting);
    }
    this.#waiting = later;
    return batch;
  }

  async #settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
    } catch (error) {
      if (batch.length > 1 && this.#options.mayDivide(error)) {
        for (const single of batch) await this.#settle([single]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }
}
