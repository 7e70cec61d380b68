/**
 * Rank within a queue: priority plus a slow bonus for age, without bound, so that nobody waits for
 * ever. Fixed-point integers, so that a replay is equal bit for bit on any machine.
 */

/** A job that has waited this long ranks as one of a priority one higher, milliseconds. */
export const AGE_PER_PRIORITY = 600_000;

export interface Ranked {
  readonly uid: string;
  readonly priority: number;
  readonly createdAt: number;
}

/** In units of 1/600,000 of a priority. */
export function rank(job: Ranked, now: number): number {
  return job.priority * AGE_PER_PRIORITY + Math.max(0, now - job.createdAt);
}

/** Higher rank first; then who came first; then by uid, so that no order is left to chance. */
export function byRank(now: number): (a: Ranked, b: Ranked) => number {
  return (a, b) => rank(b, now) - rank(a, now) || a.createdAt - b.createdAt || (a.uid < b.uid ? -1 : 1);
}
