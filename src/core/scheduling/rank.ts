/**
 * Rank within a queue: priority plus a slow bonus for age, without bound, so that nobody waits for
 * ever. Fixed-point integers, so that a replay is equal bit for bit on any machine.
 *
 * Of two jobs that wait, time changes the rank of both alike, so their order never changes. A job that
 * is submitted (100 − priority) × `AGE_PER_PRIORITY` after another can not come before it, whatever its priority:
 * that bounds who may pass it.
 */

/** A job that has waited this long ranks as one of a priority one higher, milliseconds. */
export const AGE_PER_PRIORITY = 600_000;

export interface Ranked {
  readonly priority: number;
  readonly createdAt: number;
}

/** The part of a rank that does not change with time; higher goes first. In units of 1/600,000 of a priority. */
export function staticRank({ priority, createdAt }: Ranked): number {
  return priority * AGE_PER_PRIORITY - createdAt;
}
