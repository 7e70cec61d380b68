/** How much of something there was lately, for each of many keys; what is over is forgotten. */
import { Remembered } from './remembered.ts';

interface Entry {
  readonly at: number;
  readonly amount: number;
}

/** Amounts of one such part of the window are one entry: a key has no more of them, however much it does. */
const PARTS = 60;

export class SlidingSum {
  readonly #windowMs: number;
  readonly #entries = new Remembered<readonly Entry[]>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** The sum of the window that ends now, with this amount. */
  add(key: string, at: number, amount: number): number {
    const entries = [...this.#lately(key, at)];
    const last = entries.at(-1);
    if (last && this.#partOf(last.at) === this.#partOf(at)) {
      entries[entries.length - 1] = { at, amount: last.amount + amount };
    } else entries.push({ at, amount });
    this.#entries.set(key, entries);
    return sum(entries);
  }

  /** Without anything new. */
  of(key: string, at: number): number {
    return sum(this.#lately(key, at));
  }

  #partOf(at: number): number {
    return Math.floor((at * PARTS) / this.#windowMs);
  }

  #lately(key: string, at: number): readonly Entry[] {
    return (this.#entries.get(key) ?? []).filter((entry) => entry.at > at - this.#windowMs);
  }
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((total, { amount }) => total + amount, 0);
}
