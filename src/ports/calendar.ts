/** Reads cron expressions on the clocks of a time zone, through their changes. It knows no now. */
import type { DueTimes } from '../core/schedule/plan-runs.ts';
import type { Timing } from '../core/schedule/schedule.ts';

export interface Calendar {
  /** Why an expression is none, or never comes due; undefined when it is good. */
  whyNot(timing: Timing): string | undefined;
  /** The first due time strictly after a moment, epoch milliseconds; undefined: never. */
  next(timing: Timing, after: number): number | undefined;
  /** The latest due times, at most `most` of them, that come after `after` and not after `until`. */
  latest(timing: Timing, within: Within): DueTimes;
}

export interface Within {
  readonly after: number;
  readonly until: number;
  readonly most: number;
}
