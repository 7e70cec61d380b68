/**
 * How far forecasts were off, and the interval that follows: the tenth and the ninetieth of a hundred ratios of
 * actual to forecast wait. (Split conformal prediction: Vovk et al., "Algorithmic Learning in a Random World",
 * 2005, with ratios as the measure of nonconformity. Because the future is not quite like the past, the level follows
 * what came out: Gibbs and Candès, "Adaptive Conformal Inference Under Distribution Shift", NeurIPS 2021.)
 */

const KEPT = 400;
const ENOUGH = 30;
/** Until enough is known. */
const UNKNOWN = { low: 0.4, high: 2.5 } as const;
/** A wait that is shorter than this is as good as none, milliseconds: ratios of small waits say nothing. */
const LEAST = 1000;
/** Of forecasts of waits that are like the one that is asked for: small waits are foreseen less well than long ones. */
const NEAREST = 80;
/** What is promised to lie outside the interval. */
const OUTSIDE = 0.2;
/** How fast the aim follows what came out, and how far. */
const STEP = 0.01;
const LEAST_OUTSIDE = 0.02;
const MOST_OUTSIDE = 0.4;
/** Forecasts that are remembered for their outcome. */
const MOST_OPEN = 20_000;

export interface Interval {
  readonly low: number;
  readonly at: number;
  readonly high: number;
}

export class Calibration {
  readonly #open = new Map<string, { readonly made: number; readonly at: number }>();
  /** The part that is aimed to lie outside, so that `OUTSIDE` really does. */
  #outside = OUTSIDE;
  readonly #past: { readonly wait: number; readonly ratio: number }[] = [];

  /** The first forecast of a job is the one that is held against what happened. */
  forecast(starts: ReadonlyMap<string, number>, now: number): void {
    for (const [uid, at] of starts) {
      if (at <= now || this.#open.has(uid) || this.#open.size >= MOST_OPEN) continue;
      this.#open.set(uid, { made: now, at });
    }
  }

  started(uid: string, now: number): void {
    const open = this.#open.get(uid);
    this.#open.delete(uid);
    if (!open) return;
    const wait = Math.max(LEAST, open.at - open.made);
    const ratio = Math.max(LEAST, now - open.made) / wait;
    const { low, high } = this.#quantiles(wait);
    const missed = ratio < low || ratio > high ? 1 : 0;
    this.#outside = Math.min(
      MOST_OUTSIDE,
      Math.max(LEAST_OUTSIDE, this.#outside + STEP * (OUTSIDE - missed)),
    );
    this.#past.push({ wait, ratio });
    if (this.#past.length > KEPT) this.#past.shift();
  }

  /** It went without starting: nothing is learnt. */
  gone(uid: string): void {
    this.#open.delete(uid);
  }

  /** @returns epoch milliseconds, 80 % of starts lie within */
  interval(at: number, now: number): Interval {
    const wait = Math.max(LEAST, at - now);
    const { low, high } = this.#quantiles(wait);
    return { low: Math.floor(now + wait * low), at, high: Math.ceil(now + wait * high) };
  }

  #quantiles(wait: number): { low: number; high: number } {
    if (this.#past.length < ENOUGH) return UNKNOWN;
    const far = (one: { readonly wait: number }) => Math.max(one.wait / wait, wait / one.wait);
    const like = [...this.#past].sort((a, b) => far(a) - far(b)).slice(0, NEAREST);
    const sorted = like.map(({ ratio }) => ratio).sort((a, b) => a - b);
    const n = sorted.length;
    // One more than were seen: the next one is as likely in any of the gaps between them.
    const rank = (q: number) => Math.min(n - 1, Math.max(0, Math.round(q * (n + 1)) - 1));
    return { low: sorted[rank(this.#outside / 2)]!, high: sorted[rank(1 - this.#outside / 2)]! };
  }
}
