/** Somebody reads far more of what is guarded (the audit, a cluster) than they ever did: a copy is being made. */
import { Remembered } from './remembered.ts';
import { findingOf, type Rule } from './rule.ts';
import { SlidingSum } from './sliding-sum.ts';

const ID = 'unusual-reads';
const WINDOW_MS = 3_600_000;
/** Less than this in an hour is nothing, whoever it is. */
const FLOOR = 30;
/** Times the busiest hour before. */
const FACTOR = 4;

interface Habit {
  /** Of the hours that are over. */
  busiest: number;
  /** Of the hour that is not. */
  hour: number;
  most: number;
}

export const unusualReads: Rule = {
  id: ID,
  summary: '30 guarded reads or more within an hour, and over four times the busiest hour before',
  watch() {
    const reads = new SlidingSum(WINDOW_MS);
    const habits = new Remembered<Habit>();
    return {
      take(access) {
        const { principal, at, effect, operation, times } = access;
        // An access token that is fetched reads nothing.
        if (effect !== 'read' || operation.startsWith('auth.')) return undefined;
        const habit = habitAt(habits.get(principal), at);
        habits.set(principal, habit);
        const limit = Math.max(FLOOR, FACTOR * habit.busiest + 1);
        const before = reads.of(principal, at);
        const count = reads.add(principal, at, times);
        habit.most = Math.max(habit.most, count);
        if (before >= limit || count < limit) return undefined;
        const message = `${principal} made ${count} guarded reads within an hour; ${habit.busiest} was the most before`;
        return findingOf(ID, access, { count, message });
      },
    };
  },
};

/** What was most in an hour becomes habit when that hour is over. */
function habitAt(habit: Habit | undefined, at: number): Habit {
  const hour = Math.floor(at / WINDOW_MS);
  if (!habit) return { busiest: 0, hour, most: 0 };
  if (habit.hour === hour) return habit;
  return { busiest: Math.max(habit.busiest, habit.most), hour, most: 0 };
}
