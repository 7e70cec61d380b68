/** A map that does not grow without end: beyond its bound, what was not looked after for longest is forgotten. */

/** Callers that the rules tell apart at a time; more than that at once is a finding of its own (`crowd.ts`). */
export const MOST_ACTORS = 10_000;

export class Remembered<V> {
  readonly #most: number;
  readonly #values = new Map<string, V>();

  constructor(most: number = MOST_ACTORS) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** Answers what was forgotten for it, if anything was. */
  set(key: string, value: V): V | undefined {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#most) return undefined;
    const [oldest] = this.#values;
    if (!oldest) return undefined;
    this.#values.delete(oldest[0]);
    return oldest[1];
  }
}
