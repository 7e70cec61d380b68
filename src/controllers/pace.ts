/**
 * How much of the time a loop may take that is woken without end: half of it in short rounds, a fifth
 * in long ones. What it took too much stands as a debt that time pays off, so that some rounds in a row,
 * which is what a job needs, wait for nothing. Pure: both times are given.
 */

export interface Price {
  /** What a millisecond of a round costs. */
  readonly each: number;
  /** What each beyond `SHORT` of them costs besides. */
  readonly surcharge: number;
}

/** For rounds that are work of this thread. */
const OWN_WORK: Price = { each: 2, surcharge: 4 };
/** For rounds that mostly wait, for the database or another thread: nobody is kept from anything meanwhile. */
export const WAITING: Price = { each: 1.1, surcharge: 0 };
const SHORT = 20;
/** So much debt is free, milliseconds: some tens of short rounds. */
const FREE = 300;
/** However long a round took: a queue of any length is looked at this often, milliseconds. */
const LONGEST_REST = 500;

export class Pace {
  #debt = 0;
  readonly #price: Price;
  #at: number;

  /** @param now milliseconds on a clock that only goes forward, here and below */
  constructor(now: number, price: Price = OWN_WORK) {
    this.#price = price;
    this.#at = now;
  }

  /** A round has ended that took so long. */
  spend(ms: number, now: number): void {
    this.#pay(now);
    this.#debt = Math.min(FREE + LONGEST_REST, this.#debt + this.#costOf(ms));
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

  #costOf(ms: number): number {
    return this.#price.each * ms + this.#price.surcharge * Math.max(0, ms - SHORT);
  }
}
