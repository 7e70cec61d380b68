/**
 * The shape of every controller: look, act, say when to look again; a hint makes it look at once.
 * A round that throws is told of and tried again; it never ends the loop.
 */
import type { Signals, Topic } from '../ports/signals.ts';
import { Pace, type Price } from './pace.ts';

export interface LoopOptions {
  readonly name: string;
  /** Returns after how many milliseconds to look again at the latest. */
  readonly round: () => Promise<number>;
  /** Hints on this topic wake it. */
  readonly wokenBy?: { readonly signals: Signals; readonly topic: Topic } | undefined;
  /** What its rounds cost of the time; see `pace.ts`. */
  readonly price?: Price | undefined;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** After a round that failed, milliseconds. */
const AFTER_TROUBLE = 1000;

/** Until the signal aborts; resolves when the last round is over. */
export async function runLoop(options: LoopOptions, signal: AbortSignal): Promise<void> {
  const bell = new Bell();
  signal.addEventListener('abort', () => bell.ring());
  const { wokenBy } = options;
  wokenBy?.signals.subscribe(wokenBy.topic, () => bell.ring(), signal);
  const pace = new Pace(performance.now(), options.price);
  while (!signal.aborted) {
    bell.reset();
    const began = performance.now();
    const wait = await options.round().catch((error: unknown) => {
      options.onTrouble(options.name, error);
      return AFTER_TROUBLE;
    });
    pace.spend(performance.now() - began, performance.now());
    if (!signal.aborted) await bell.heard(wait);
    const rest = pace.rest(performance.now());
    if (rest > 0) await ended(signal, rest);
  }
}

/** Resolves when the time is over or the signal aborts. */
function ended(signal: AbortSignal, within: number): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, within);
    signal.addEventListener('abort', done);
  });
}

/** Rings that come while nobody listens are kept: one is enough. */
class Bell {
  #rung = false;
  #hear: () => void = () => {};

  ring(): void {
    this.#rung = true;
    this.#hear();
  }

  reset(): void {
    this.#rung = false;
  }

  heard(latest: number): Promise<void> {
    if (this.#rung) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, latest);
      this.#hear = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
