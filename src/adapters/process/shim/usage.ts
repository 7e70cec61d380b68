/**
 * What a member uses: the peak of its proportional set size and its processor time. Proportional,
 * because members of a gang share their libraries' pages, and a limit that counted those for each
 * would kill what fits; asked for only when the resident size, which is cheap and never less,
 * leaves room for doubt.
 */
import { type ProcessStat, readPss, readRss } from '../procfs.ts';

/** At most this part of the time goes into reading proportional sizes far from the limit. */
const PSS_TIME_SHARE = 1 / 50;
const NEAR_LIMIT = 0.7;

export interface Usage {
  /** Unknown when the member ended before it could be looked at. */
  readonly peakMemoryBytes?: number | undefined;
  readonly cpuMs: number;
}

export interface Sample {
  /** The proportional size if it was above the limit. */
  readonly overBytes?: number | undefined;
  /** When memory grows, how long it takes to reach the limit at this pace, milliseconds. */
  readonly limitInMs: number;
}

export class UsageMeter {
  readonly #limitBytes: number;
  #peak = 0;
  #cpuMs = 0;
  #rss = 0;
  #at = 0;
  #pssAgainAt = 0;

  constructor(limitBytes: number | undefined) {
    this.#limitBytes = limitBytes ?? Number.POSITIVE_INFINITY;
  }

  get usage(): Usage {
    return { ...(this.#peak > 0 ? { peakMemoryBytes: this.#peak } : {}), cpuMs: Math.round(this.#cpuMs) };
  }

  /** @param nowMs of a clock that never goes back */
  sample(processes: readonly ProcessStat[], nowMs: number): Sample {
    this.#cpuMs = Math.max(
      this.#cpuMs,
      sum(processes, ({ cpuMs }) => cpuMs),
    );
    const rss = sum(processes, ({ pid }) => readRss(pid));
    const limitInMs = this.#pace(rss, nowMs);
    const near = rss > this.#limitBytes * NEAR_LIMIT;
    if (rss <= this.#peak || (!near && nowMs < this.#pssAgainAt)) return { limitInMs };
    const pss = sum(processes, ({ pid }) => readPss(pid) ?? readRss(pid));
    this.#pssAgainAt = nowMs + (performance.now() - nowMs) / PSS_TIME_SHARE;
    this.#peak = Math.max(this.#peak, pss);
    return { limitInMs, ...(pss > this.#limitBytes ? { overBytes: pss } : {}) };
  }

  /** Takes the total that the system counted for a member when it was reaped. */
  settleCpu(cpuMs: number): void {
    this.#cpuMs = Math.max(this.#cpuMs, cpuMs);
  }

  #pace(rss: number, nowMs: number): number {
    const perMs = (rss - this.#rss) / Math.max(1, nowMs - this.#at);
    this.#rss = rss;
    this.#at = nowMs;
    return perMs > 0 ? Math.max(0, this.#limitBytes - rss) / perMs : Number.POSITIVE_INFINITY;
  }
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
