/**
 * Gathers items into batches: up to `size`, or what there is `within` milliseconds after the first. While as many
 * batches run as may, the next one fills.
 */
export interface BatcherOptions {
  readonly size: number;
  readonly within: number;
  readonly parallel: number;
}

export class Batcher<T> {
  readonly #options: BatcherOptions;
  /** Does not reject. */
  readonly #run: (items: T[]) => Promise<void>;
  readonly #waiting: { readonly item: T; readonly since: number }[] = [];
  #active = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BatcherOptions, run: (items: T[]) => Promise<void>) {
    this.#options = options;
    this.#run = run;
  }

  add(item: T): void {
    this.#waiting.push({ item, since: performance.now() });
    this.#pump();
  }

  /** False when it is in no batch yet to come. */
  remove(item: T): boolean {
    const index = this.#waiting.findIndex((waiting) => waiting.item === item);
    if (index >= 0) this.#waiting.splice(index, 1);
    if (this.#waiting.length === 0) clearTimeout(this.#timer);
    return index >= 0;
  }

  #pump(): void {
    const { size, within, parallel } = this.#options;
    for (;;) {
      const [first] = this.#waiting;
      if (!first || this.#active >= parallel) break;
      if (this.#waiting.length < size && performance.now() < first.since + within) break;
      this.#active += 1;
      const items = this.#waiting.splice(0, size).map(({ item }) => item);
      void this.#run(items).finally(() => {
        this.#active -= 1;
        this.#pump();
      });
    }
    this.#arm();
  }

  /** For the oldest that waits, unless the end of a batch will look anyhow. */
  #arm(): void {
    clearTimeout(this.#timer);
    const [first] = this.#waiting;
    if (!first || this.#active >= this.#options.parallel) return;
    // A timer may fire a little early: a millisecond more, or it would only be armed again.
    const left = Math.max(0, Math.ceil(first.since + this.#options.within - performance.now()));
    this.#timer = setTimeout(() => this.#pump(), left);
  }
}
