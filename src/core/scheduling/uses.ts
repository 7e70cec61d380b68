/** Keeps what queues use: folded in steps, with how many of their jobs were preempted in the last hour. */
import type { Board } from './board.ts';
import type { Preempt } from './plan.ts';
import type { Queue } from './queue.ts';
import type { QueueUse } from './snapshot.ts';
import { decayed, USE_STEP } from './use.ts';

const HOUR = 3_600_000;
/** After a longer stop than this nothing of a mean is left anyway. */
const MOST_STEPS = 10_000;

export interface KeptUse {
  readonly queue: string;
  readonly use: number;
  /** The end of its last step, epoch milliseconds. */
  readonly at: number;
}

export class Uses {
  readonly #uses: Map<string, KeptUse>;
  readonly #disruptions: { readonly queue: string; readonly at: number }[] = [];

  constructor(kept: readonly KeptUse[]) {
    this.#uses = new Map(kept.map((use) => [use.queue, use]));
  }

  /** @returns those of which a step is over: what has to be kept */
  fold(board: Board, now: number): readonly KeptUse[] {
    const step = now - (now % USE_STEP);
    return board.tree.queues.flatMap(({ name }, queue): KeptUse[] => {
      const known = this.#uses.get(name);
      if (known && known.at >= step) return [];
      const steps = known ? Math.min(MOST_STEPS, (step - known.at) / USE_STEP) : 0;
      const use = decayed(known?.use ?? 0, board.shares.ofQueue(queue), steps);
      const folded = { queue: name, use, at: step };
      this.#uses.set(name, folded);
      return known && use === known.use ? [] : [folded];
    });
  }

  preempted(preempts: readonly Preempt[], { holders, tree }: Board, now: number): void {
    for (const { uid } of preempts) {
      const queue = tree.queues[holders.get(uid)?.queue ?? -1]?.name;
      if (queue !== undefined) this.#disruptions.push({ queue, at: now });
    }
  }

  present(queues: readonly Queue[], now: number): QueueUse[] {
    while (this.#disruptions[0] && this.#disruptions[0].at <= now - HOUR) this.#disruptions.shift();
    const disrupted = new Map<string, number>();
    for (const { queue } of this.#disruptions) disrupted.set(queue, (disrupted.get(queue) ?? 0) + 1);
    return queues.map(({ name }) => ({
      queue: name,
      use: this.#uses.get(name)?.use ?? 0,
      disrupted: disrupted.get(name) ?? 0,
    }));
  }
}
