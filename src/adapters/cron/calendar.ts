/**
 * The `Calendar` port over croner. What a change of the clocks does is defined in docs/schedules.md, and held
 * by the tests beside this: an expression without `*` and steps in minute and hour names times of day, and
 * each of them comes once a day; any other goes with time as it passes.
 */
import { Cron } from 'croner';
import type { DueTimes } from '../../core/schedule/plan-runs.ts';
import type { Timing } from '../../core/schedule/schedule.ts';
import type { Calendar, Within } from '../../ports/calendar.ts';

export function createCalendar(): Calendar {
  return {
    whyNot(timing) {
      try {
        const never = 'a time that comes: this one never does';
        return patternOf(timing).nextRun(new Date(0)) ? undefined : never;
      } catch (error) {
        return error instanceof Error ? sentenceOf(error.message) : 'a cron expression';
      }
    },
    next: (timing, after) => patternOf(timing).nextRun(new Date(after))?.getTime(),
    latest,
  };
}

function patternOf({ cron, timeZone }: Timing): Cron {
  return new Cron(cron, { timezone: timeZone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard' });
}

/** `CronPattern: Invalid value for minute: 60` → without the part of the library that says it. */
function sentenceOf(message: string): string {
  return message.replace(/^\w+: /, '');
}

/** Milliseconds: what a first look back covers. */
const FIRST_LOOK = 3_600_000;

/**
 * Looks forward from a point that lies further and further back until enough is found, so that a month
 * of minutes costs no more than the last few of them (a step is 0.1 ms).
 */
function latest(timing: Timing, { after, until, most }: Within): DueTimes {
  const pattern = patternOf(timing);
  for (let back = FIRST_LOOK; ; back *= 2) {
    const from = Math.max(after, until - back);
    const times = timesIn(pattern, from, until);
    if (from === after) return { times: times.slice(-most), more: times.length > most };
    if (times.length > most) return { times: times.slice(-most), more: true };
  }
}

/** After `from`, up to `until`. */
function timesIn(pattern: Cron, from: number, until: number): number[] {
  const times: number[] = [];
  let next = pattern.nextRun(new Date(from));
  while (next && next.getTime() <= until) {
    times.push(next.getTime());
    next = pattern.nextRun(next);
  }
  return times;
}
