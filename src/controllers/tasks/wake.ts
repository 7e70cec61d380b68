/** Delays that are over: their tasks become ready, in batches. */
import type { Ports } from '../../ports/index.ts';

const BATCH = 5000;

/** How late a delayed task can be while there are such tasks, and the first one after none, milliseconds. */
const SOON = 250;
const IDLE = 1000;
/** So long after the last one it is quiet again, milliseconds. */
const STAYS_BUSY = 5000;

/** @returns a round: when to come again, milliseconds */
export function wakeRound({ tasks, clock }: Pick<Ports, 'tasks' | 'clock'>): () => Promise<number> {
  let busyAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = clock.now();
    const { count } = await tasks.wake(now, BATCH);
    if (count > 0) busyAt = now;
    if (count === BATCH) return 0;
    return now - busyAt < STAYS_BUSY ? SOON : IDLE;
  };
}
