/**
 * Answers of the store that are asked for with every request, kept for a moment. `clear` on a signal
 * makes a change known at once; the age bounds what a lost signal can hide.
 */
export interface FreshOptions<V> {
  readonly load: (key: string) => Promise<V>;
  /** Oldest answer given, milliseconds. */
  readonly maxAge: number;
  /** Most answers kept: the oldest go first. */
  readonly limit: number;
  /** Milliseconds that only grow. */
  readonly ticks: () => number;
}

interface Entry<V> {
  readonly since: number;
  readonly value: Promise<V>;
}

export class Fresh<V> {
  readonly #options: FreshOptions<V>;
  readonly #entries = new Map<string, Entry<V>>();

  constructor(options: FreshOptions<V>) {
    this.#options = options;
  }

  get(key: string): Promise<V> {
    const { load, maxAge, ticks } = this.#options;
    const now = ticks();
    const known = this.#entries.get(key);
    if (known && now - known.since < maxAge) return known.value;
    const value = load(key);
    this.#keep(key, { since: now, value });
    return value;
  }

  clear(): void {
    this.#entries.clear();
  }

  /** What is not there is not kept, nor what failed: strangers would fill the memory with it. */
  #keep(key: string, entry: Entry<V>): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#options.limit) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const drop = () => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    };
    entry.value.then((value) => value === undefined && drop(), drop);
  }
}
