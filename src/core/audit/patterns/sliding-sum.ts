/** How much of something there was lately, for each of many keys; what is over is forgotten. */
interface Entry {
  readonly at: number;
  readonly amount: number;
}

/** Keys at a time: beyond it, those that are over are looked for and dropped. */
const MANY = 10_000;

export class SlidingSum {
  readonly #windowMs: number;
  readonly #entries = new Map<string, Entry[]>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** The sum of the window that ends now, with this amount. */
  add(key: string, at: number, amount: number): number {
    if (this.#entries.size >= MANY) this.#tidy(at);
    const entries = this.#lately(key, at);
    entries.push({ at, amount });
    this.#entries.set(key, entries);
    return sum(entries);
  }

  /** Without anything new. */
  of(key: string, at: number): number {
    return sum(this.#lately(key, at));
  }

  #lately(key: string, at: number): Entry[] {
    return (this.#entries.get(key) ?? []).filter((entry) => entry.at > at - this.#windowMs);
  }

  #tidy(at: number): void {
    for (const key of this.#entries.keys()) if (this.of(key, at) === 0) this.#entries.delete(key);
  }
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((total, { amount }) => total + amount, 0);
}
