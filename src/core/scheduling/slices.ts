/**
 * What of its task capacity each queue may have leased: the resource `tasks` of its quota, counted in slots.
 * Workers' own jobs are charged for cpu and memory; a task charges slots and nothing else.
 */
import type { Queue } from './queue.ts';

export interface Slice {
  readonly queue: string;
  /** Null: not limited. */
  readonly slots: number | null;
}

/** A queue that starts nothing has no slots; what it has leased is finished. */
export function slicesOf(queues: readonly Queue[]): readonly Slice[] {
  return queues.map(({ name, quota, state }) => ({
    queue: name,
    slots: state === 'paused' ? 0 : (quota.tasks ?? null),
  }));
}
