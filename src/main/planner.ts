/** The scheduler's own thread: a long cycle delays no heartbeat, lease or request. */
import { Worker } from 'node:worker_threads';
import type { Delta } from '../core/scheduling/board.ts';
import type { Waiting } from '../core/scheduling/plan.ts';
import type { Question } from '../core/scheduling/questions.ts';
import type { Snapshot } from '../core/scheduling/snapshot.ts';
import type { KeptUse } from '../core/scheduling/uses.ts';
import type { PlannedCycle, Planner } from '../ports/planner.ts';

export type PlannerCall =
  | { readonly kind: 'reset'; readonly snapshot: Snapshot; readonly uses: readonly KeptUse[] }
  | { readonly kind: 'cycle'; readonly delta: Delta; readonly now: number }
  | { readonly kind: 'told'; readonly waiting: readonly Waiting[] }
  | { readonly kind: 'ask'; readonly question: Question };

/** What the thread answers. */
export type PlannerAnswer = { readonly value: unknown } | { readonly error: string };

export function startPlanner(): Planner {
  const thread = new PlannerThread();
  return {
    reset: (snapshot, uses) => thread.call({ kind: 'reset', snapshot, uses }) as Promise<void>,
    cycle: (delta, now) => thread.call({ kind: 'cycle', delta, now }) as Promise<PlannedCycle | undefined>,
    told: (waiting) => thread.call({ kind: 'told', waiting }) as Promise<void>,
    ask: (question) => thread.call({ kind: 'ask', question }) as Promise<never>,
    close: () => thread.close(),
  };
}

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Answers come in the order of the calls or not at all; a thread that died is followed by a fresh one. */
class PlannerThread {
  #worker: Worker | undefined;
  readonly #asked = new Map<number, Asked>();
  #id = 0;

  call(call: PlannerCall): Promise<unknown> {
    const worker = this.#open();
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      worker.postMessage({ id, call });
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #open(): Worker {
    if (this.#worker) return this.#worker;
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./planner-thread.${extension}`, import.meta.url));
    worker.on('message', ({ id, ...answer }: { id: number } & PlannerAnswer) => {
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      if ('error' in answer) asked?.reject(new Error(answer.error));
      else asked?.resolve(answer.value);
    });
    worker.on('error', (error: Error) => this.#lost(error));
    worker.on('exit', (code) => this.#lost(new Error(`the scheduling thread ended with ${code}`)));
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #lost(error: Error): void {
    this.#worker = undefined;
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }
}
