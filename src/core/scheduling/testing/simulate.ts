/** The engine on a clock of its own: jobs arrive, run for as long as they really take, and end. */
import { holdingOf, pendingOf } from '../advance.ts';
import { Engine } from '../engine.ts';
import type { HoldingJob, PendingJob, Snapshot } from '../snapshot.ts';

export interface Arrival {
  readonly at: number;
  readonly job: PendingJob;
  /** What it really takes, milliseconds. */
  readonly takes: number;
}

export interface Simulation {
  /** What there is at the start: queues, nodes; its jobs are ignored. */
  readonly world: Snapshot;
  readonly from: number;
  readonly until: number;
  readonly arrivals: readonly Arrival[];
  /** More arrivals, when a job has started: to keep a load stationary. */
  readonly onStart?: (job: HoldingJob, now: number) => readonly Arrival[];
  /** After each cycle. */
  readonly onCycle?: (engine: Engine, now: number) => void;
}

const GRACE = 1000;

/** Until nothing happens any more, or the time is over. */
export function simulate({ world, from, until, arrivals, onStart, onCycle }: Simulation): void {
  const engine = new Engine({ ...world, pending: [], holding: [] }, []);
  const coming = [...arrivals].sort((a, b) => a.at - b.at);
  const takes = new Map<string, number>();
  const running = new Map<string, { job: HoldingJob; ends: number; back: boolean }>();
  let now = from;
  while (now <= until) {
    const arrived = coming.splice(0, coming.findIndex(({ at }) => at > now) >>> 0);
    for (const one of arrived) takes.set(one.job.uid, one.takes);
    const over = [...running.values()].filter(({ ends }) => ends <= now);
    for (const { job } of over) running.delete(job.uid);
    const back = over.filter((one) => one.back).map(({ job }) => pendingOf(job, true));
    const gone = over.filter((one) => !one.back).map(({ job }) => job.uid);
    engine.update({ pending: [...arrived.map(({ job }) => job), ...back], gone }, now);
    const { plan, waiting } = engine.cycle(now);
    engine.told(waiting);
    while (engine.foresee(now));
    const started = plan.admit.map((admit) =>
      holdingOf(engine.board.entries.get(admit.uid)!.job, admit, now),
    );
    for (const job of started) {
      running.set(job.uid, { job, ends: now + takes.get(job.uid)!, back: false });
      coming.push(...(onStart?.(job, now) ?? []));
    }
    const stopped = plan.preempt.flatMap(({ uid }) => {
      const one = running.get(uid);
      if (!one) return [];
      const job = { ...one.job, stopsBy: now + GRACE };
      running.set(uid, { job, ends: Math.min(one.ends, now + GRACE), back: one.ends > now + GRACE });
      return [job];
    });
    coming.sort((a, b) => a.at - b.at);
    engine.update({ holding: [...started, ...stopped] }, now);
    onCycle?.(engine, now);
    const next = Math.min(coming[0]?.at ?? Infinity, ...[...running.values()].map(({ ends }) => ends));
    if (next === Infinity) return;
    now = Math.max(now + 1, next);
  }
}

/** mulberry32: the same numbers from a seed everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Box and Muller's: with a mean of 0 and a deviation of 1. */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
