/** Runs one thing again while it is marked: marks that come while it runs make one more run, not many. */
export class Dirty {
  readonly #work: () => Promise<void>;
  #marked = false;
  #running = false;
  #stopped = false;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  mark(): void {
    this.#marked = true;
    if (!this.#running) void this.#run();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#marked && !this.#stopped) {
      this.#marked = false;
      await this.#work();
    }
    this.#running = false;
  }
}
