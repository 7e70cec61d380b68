/** The scheduling thread: a snapshot in, a plan out. */
import { parentPort } from 'node:worker_threads';
import { schedule } from '../core/scheduling/schedule.ts';
import type { Snapshot } from '../core/scheduling/snapshot.ts';
import type { PlannerAnswer } from './planner.ts';

parentPort?.on('message', ({ snapshot, now }: { snapshot: Snapshot; now: number }) => {
  parentPort?.postMessage(planned(snapshot, now));
});

function planned(snapshot: Snapshot, now: number): PlannerAnswer {
  try {
    return { plan: schedule(snapshot, now) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
