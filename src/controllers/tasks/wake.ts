/** Delays that are over: their tasks become ready, in batches. */
import type { Ports } from '../../ports/index.ts';

const BATCH = 5000;

/** How late a delayed task can be, milliseconds. */
const LOOK_AGAIN = 250;

export async function wakeRound({ tasks, clock }: Pick<Ports, 'tasks' | 'clock'>): Promise<number> {
  const { count } = await tasks.wake(clock.now(), BATCH);
  return count === BATCH ? 0 : LOOK_AGAIN;
}
