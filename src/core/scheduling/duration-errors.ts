/** How far from what they said jobs end, learnt from those that ended: the tenth worst of the last two hundred. */
import type { HoldingJob } from './snapshot.ts';

const KEPT = 200;
/** Before that many have ended, what is usual is not known. */
const ENOUGH = 20;
const UNKNOWN = 1500;
const LEAST = 1000;
const MOST = 5000;

export class DurationErrors {
  readonly #ratios: number[] = [];

  /** A job that is gone, however it ended: one that was stopped early is no worse a sign than one that failed. */
  ended(job: HoldingJob | undefined, now: number): void {
    if (!job?.expectedMs || job.startedAt === undefined || job.stopsBy !== undefined) return;
    this.#ratios.push(Math.floor(((now - job.startedAt) * 1000) / job.expectedMs));
    if (this.#ratios.length > KEPT) this.#ratios.shift();
  }

  /** Nine of ten took at most this many thousandths of what they said. */
  thousandths(): number {
    if (this.#ratios.length < ENOUGH) return UNKNOWN;
    const sorted = [...this.#ratios].sort((a, b) => a - b);
    const ratio = sorted[Math.floor(sorted.length * 0.9)]!;
    return Math.min(MOST, Math.max(LEAST, ratio));
  }
}
