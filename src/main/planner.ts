/** The scheduler's own thread: a long cycle delays no heartbeat, lease or request. */
import { Worker } from 'node:worker_threads';
import type { Plan } from '../core/scheduling/plan.ts';
import type { Snapshot } from '../core/scheduling/snapshot.ts';

export interface Planner {
  plan(snapshot: Snapshot, now: number): Promise<Plan>;
  close(): Promise<void>;
}

/** What the thread answers. */
export type PlannerAnswer = { readonly plan: Plan } | { readonly error: string };

export function startPlanner(): Planner {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const open = () => new Worker(new URL(`./planner-thread.${extension}`, import.meta.url));
  let worker = open();
  return {
    plan: (snapshot, now) => {
      const answer = answerOf(worker).catch((error: unknown) => {
        // A thread that died takes its cycle with it; the next one gets a fresh thread.
        worker = open();
        throw error;
      });
      worker.postMessage({ snapshot, now });
      return answer;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

/** One cycle is under way at a time, so the next message is its answer. */
function answerOf(worker: Worker): Promise<Plan> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.removeAllListeners();
      act();
    };
    worker.once('message', (answer: PlannerAnswer) =>
      settle(() => ('plan' in answer ? resolve(answer.plan) : reject(new Error(answer.error)))),
    );
    worker.once('error', (error) => settle(() => reject(error)));
    worker.once('exit', (code) =>
      settle(() => reject(new Error(`the scheduling thread ended with ${code}`))),
    );
  });
}
