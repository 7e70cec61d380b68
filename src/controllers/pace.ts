/**
 * How much of the time a loop may take that is woken without end: a quarter. What it took too much
 * stands as a debt that time pays off, so that a few rounds in a row, which is what one job needs, wait
 * for nothing. Pure: both times are given.
 */

/** What a round costs, in times of its own length. */
const PRICE = 4;
/** Rounds worth so much, milliseconds of debt, are free: some tens of short ones. */
const FREE = 200;
/** However long a round took: a queue of any length is looked at this often, milliseconds. */
const LONGEST_REST = 500;

export class Pace {
  #debt = 0;
  #at: number;

  /** @param now milliseconds on a clock that only goes forward, here and below */
  constructor(now: number) {
    this.#at = now;
  }

  /** A round has ended that took so long. */
  spend(ms: number, now: number): void {
    this.#pay(now);
    this.#debt = Math.min(FREE + LONGEST_REST, this.#debt + PRICE * ms);
  }

  /** How long to rest before the next round, milliseconds. */
  rest(now: number): number {
    this.#pay(now);
    return Math.max(0, this.#debt - FREE);
  }

  #pay(now: number): void {
    this.#debt = Math.max(0, this.#debt - (now - this.#at));
    this.#at = now;
  }
}
