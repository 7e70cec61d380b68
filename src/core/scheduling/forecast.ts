/**
 * When the jobs that wait are expected to start: the same scheduler on a clock that runs ahead. Jobs end when they are
 * expected to; many ends are taken together where there are many, so that it stays quick. One step is one cycle, so
 * that who schedules can do something else between two.
 */
import { holdingOf, keptFrom, pendingOf } from './advance.ts';
import { Board } from './board.ts';
import { DEFAULT_GRACE, expectedEnd } from './holder.ts';
import type { Plan } from './plan.ts';
import { scheduleBoard } from './schedule.ts';
import type { HoldingJob, Snapshot } from './snapshot.ts';

/** Job-cycles that one forecast may cost: fifty thousand jobs get twenty steps, a hundred get all they need. */
const BUDGET = 1_000_000;
const MOST_STEPS = 400;

interface Running {
  readonly job: HoldingJob;
  readonly ends: number;
  /** It was stopped for another, and waits again when it has gone. */
  readonly preempted: boolean;
}

export class Forecast {
  /** When it was begun. */
  readonly made: number;
  /** Epoch milliseconds by uid; of those that do not start within the steps, nothing. */
  readonly starts = new Map<string, number>();
  readonly #running = new Map<string, Running>();
  #board: Board;
  #present: Snapshot;
  #clock: number;
  #left: number;

  constructor(snapshot: Snapshot, now: number) {
    this.made = now;
    this.#present = snapshot;
    this.#board = new Board(snapshot);
    this.#clock = now;
    this.#left = Math.min(MOST_STEPS, Math.ceil(BUDGET / (snapshot.pending.length + 1)));
    for (const job of snapshot.holding) this.#run({ job, ends: expectedEnd(job, now), preempted: false });
  }

  /** @returns whether there is more to foresee */
  step(): boolean {
    if (this.#left === 0 || this.#board.entries.size === 0) return false;
    this.#plan();
    this.#left -= 1;
    const over = this.#nextEnds();
    if (over.length === 0) return false;
    this.#clock = Math.max(this.#clock, over.at(-1)!.ends);
    for (const { job } of over) this.#running.delete(job.uid);
    this.#update({
      gone: over.map(({ job }) => job.uid),
      pending: over.filter(({ preempted }) => preempted).map(({ job }) => pendingOf(job, true)),
    });
    return true;
  }

  /** To its end. */
  finish(): this {
    while (this.step());
    return this;
  }

  #run(running: Running): void {
    this.#running.set(running.job.uid, running);
  }

  #plan(): void {
    const now = this.#clock;
    const decisions = scheduleBoard(this.#board, this.#present, now);
    this.#present = { ...this.#present, reserved: keptFrom(decisions) };
    const started = decisions.admit.map((admit) =>
      holdingOf(this.#board.entries.get(admit.uid)!.job, admit, now),
    );
    for (const job of started) {
      if (!this.starts.has(job.uid)) this.starts.set(job.uid, now);
      this.#run({ job, ends: expectedEnd(job, now), preempted: false });
    }
    const holding = [...started, ...this.#stop(decisions.preempt)];
    const pending = decisions.reserve.flatMap(({ uid, reason }) => {
      const job = this.#board.entries.get(uid)?.job;
      return job && reason === 'preemption' ? [{ ...job, reason: 'WaitsForStops' as const }] : [];
    });
    this.#update({ holding, pending });
  }

  #stop(preempts: Plan['preempt']): HoldingJob[] {
    return preempts.flatMap(({ uid }) => {
      const running = this.#running.get(uid);
      if (!running) return [];
      const stopsBy = this.#clock + (running.job.graceMs ?? DEFAULT_GRACE);
      const job = { ...running.job, stopsBy };
      this.#run({ job, ends: Math.min(running.ends, stopsBy), preempted: true });
      return [job];
    });
  }

  /** The next to end, by their ends; several at a time when there are more than steps left. */
  #nextEnds(): readonly Running[] {
    const sorted = [...this.#running.values()].sort(
      (a, b) => a.ends - b.ends || (a.job.uid < b.job.uid ? -1 : 1),
    );
    const many = Math.max(1, Math.ceil(sorted.length / Math.max(1, this.#left)));
    const last = sorted[Math.min(many, sorted.length) - 1]?.ends;
    return last === undefined ? [] : sorted.filter(({ ends }) => ends <= last);
  }

  #update(delta: Parameters<Board['update']>[0]): void {
    this.#board = this.#board.with(delta, this.#present);
  }
}
