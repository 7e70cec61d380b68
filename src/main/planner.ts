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
      // A thread that died took its cycle with it; the next one gets a fresh thread.
      if (worker.threadId === -1) worker = open();
      const answer = answerOf(worker);
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
  const { promise, resolve, reject } = Promise.withResolvers<Plan>();
  const onMessage = (answer: PlannerAnswer) =>
    'plan' in answer ? resolve(answer.plan) : reject(new Error(answer.error));
  const onExit = (code: number) => reject(new Error(`the scheduling thread ended with ${code}`));
  worker.on('message', onMessage).on('error', reject).on('exit', onExit);
  return promise.finally(() => worker.off('message', onMessage).off('error', reject).off('exit', onExit));
}
