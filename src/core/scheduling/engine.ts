/**
 * The scheduler between its cycles: the board that is kept up to date, what queues used of late, for whom room is kept,
 * and what has to be written down so that every decision can be made again. Pure but for what it remembers.
 */
import { keptFrom } from './advance.ts';
import { Board, type Delta, withJobs } from './board.ts';
import { Calibration, type Interval } from './calibration.ts';
import { DurationErrors } from './duration-errors.ts';
import { Forecast } from './forecast.ts';
import type { Plan, Waiting } from './plan.ts';
import { verdicts } from './plan.ts';
import { type Decisions, scheduleBoard } from './schedule.ts';
import type { Snapshot } from './snapshot.ts';
import { Uses } from './uses.ts';

/** Grows when the same input may give another plan. */
export const SCHEDULER_VERSION = '1';

/** One decision and what it was made on: the base has all, a delta what changed since the record before. */
export interface DecisionRecord {
  readonly kind: 'base' | 'delta';
  readonly version: string;
  readonly now: number;
  readonly input: Snapshot | Delta;
  readonly plan: Omit<Plan, 'explain'>;
}

export interface CycleResult {
  readonly plan: Omit<Plan, 'explain'>;
  /** Reasons that the store does not know yet. */
  readonly waiting: readonly Waiting[];
  /** Absent when nothing was decided. */
  readonly record?: DecisionRecord | undefined;
  readonly pending: number;
  /** Whose means were folded just now. */
  readonly uses: readonly { readonly queue: string; readonly use: number; readonly at: number }[];
}

/** Reasons are written at most this often when many jobs wait, milliseconds; `why` always has the present one. */
const EXPLAIN_EVERY = 1000;
/** How long a forecast is good for, and how often one of many jobs is made without being asked, milliseconds. */
const FORECAST_FOR = 10_000;
const FORECAST_MANY = 300_000;
const MANY = 2000;
/** So many jobs are foreseen at once when somebody asks. */
const FEW = 300;
/** Of each queue, whose sentence is kept up to date in the store and not only whose reason. */
const FIRST = 10;
/** In one cycle: a bound on its transaction. The rest follows with the next ones. */
const MOST_WAITING = 2000;
/** Deltas between two bases: a bound on how much has to be read to make one decision again. */
const DELTAS = 1000;

export class Engine {
  #snapshot: Snapshot;
  #board: Board;
  readonly #uses: Uses;
  readonly #errors = new DurationErrors();
  #since = newDelta();
  #deltas = Number.POSITIVE_INFINITY;
  #explainedAt = Number.NEGATIVE_INFINITY;
  readonly #calibration = new Calibration();
  /** The latest whole one, and the one that is under way. */
  #forecast: Forecast | undefined;
  #foreseeing: Forecast | undefined;
  #last: { readonly decisions: Decisions; readonly now: number } | undefined;

  /** @param uses as they were kept, each with its moment */
  constructor(snapshot: Snapshot, uses: readonly { queue: string; use: number; at: number }[]) {
    this.#snapshot = snapshot;
    this.#board = new Board(snapshot);
    this.#uses = new Uses(uses);
  }

  /** What changed since the cycle before. */
  update(delta: Delta, now: number): void {
    for (const uid of delta.gone ?? []) {
      this.#errors.ended(this.#board.holders.get(uid)?.job, now);
      this.#calibration.gone(uid);
    }
    this.#note(delta);
    if (delta.rest) {
      this.#snapshot = { ...this.snapshot(), ...delta.rest };
      this.#board = new Board(withJobs(this.#snapshot, delta));
    } else {
      this.#board = this.#board.with(delta, this.#snapshot);
    }
  }

  /** All that the next cycle would see. */
  snapshot(): Snapshot {
    return { ...this.#snapshot, ...this.#board.jobs() };
  }

  cycle(now: number): CycleResult {
    const folded = this.#uses.fold(this.#board, now);
    this.#snapshot = {
      ...this.#snapshot,
      uses: this.#uses.present(this.#board.tree.queues, now),
      durationError: this.#errors.thousandths(),
    };
    const input = this.#snapshot;
    const decisions = scheduleBoard(this.#board, input, now);
    this.#last = { decisions, now };
    for (const { uid } of decisions.admit) this.#calibration.started(uid, now);
    const { admit, reserve, preempt } = decisions;
    const plan = { admit, reserve, preempt };
    this.#uses.preempted(preempt, this.#board, now);
    const record = admit.length + preempt.length === 0 ? undefined : this.#record(plan, now);
    const waiting = this.#waiting(decisions, now);
    this.#snapshot = { ...this.#snapshot, reserved: keptFrom(decisions) };
    return { plan, waiting, record, pending: this.#board.entries.size, uses: folded };
  }

  /** The reasons that were written are known now. */
  told(waiting: readonly Waiting[]): void {
    const pending = waiting.flatMap(({ uid, version, reason, message }) => {
      const job = this.#board.entries.get(uid)?.job;
      return job && job.version === version ? [{ ...job, reason, message }] : [];
    });
    if (pending.length > 0) this.update({ pending }, 0);
  }

  get board(): Board {
    return this.#board;
  }

  /**
   * When a job that waits is expected to start, with the interval of 80 %. Of few jobs a forecast is made at once;
   * of many it is the latest there is, which does not know who came since.
   */
  expectedStart(uid: string, now: number): Interval | undefined {
    const fresh = this.#forecast !== undefined && !this.#isDue(now) && this.#forecast.starts.has(uid);
    if (!fresh && this.#board.entries.size <= FEW) this.#know(new Forecast(this.snapshot(), now).finish());
    const at = this.#forecast?.starts.get(uid);
    return at === undefined ? undefined : this.#calibration.interval(Math.max(now, at), now);
  }

  /**
   * One step of a forecast that is due, which is one cycle's work: for between two cycles, so that it is known how far
   * forecasts are off.
   * @returns whether there is more to do
   */
  foresee(now: number): boolean {
    if (!this.#foreseeing) {
      if (this.#board.entries.size === 0 || !this.#isDue(now)) return false;
      this.#foreseeing = new Forecast(this.snapshot(), now);
    }
    if (this.#foreseeing.step()) return true;
    this.#know(this.#foreseeing);
    return false;
  }

  #isDue(now: number): boolean {
    const every = this.#board.entries.size > MANY ? FORECAST_MANY : FORECAST_FOR;
    return !this.#forecast || now - this.#forecast.made >= every || now < this.#forecast.made;
  }

  #know(forecast: Forecast): void {
    this.#calibration.forecast(forecast.starts, forecast.made);
    this.#forecast = forecast;
    this.#foreseeing = undefined;
  }

  /** The last cycle's decisions, to be explained. */
  get last() {
    return this.#last;
  }

  #waiting(decisions: Decisions, now: number): Waiting[] {
    const { entries } = this.#board;
    const due = now - this.#explainedAt >= EXPLAIN_EVERY || now < this.#explainedAt;
    if (!due && entries.size > MANY && decisions.preempt.length === 0) return [];
    this.#explainedAt = now;
    const waiting: Waiting[] = [];
    for (const { uid, position, reason, message } of verdicts(decisions.explain())) {
      const { job } = entries.get(uid)!;
      if (job.reason === reason && (position > FIRST || job.message === message)) continue;
      waiting.push({ uid, version: job.version, reason, message });
      if (waiting.length === MOST_WAITING) break;
    }
    return waiting;
  }

  #note({ pending = [], holding = [], gone = [], rest }: Delta): void {
    const since = this.#since;
    for (const job of pending) {
      since.pending.set(job.uid, job);
      since.holding.delete(job.uid);
      since.gone.delete(job.uid);
    }
    for (const job of holding) {
      since.holding.set(job.uid, job);
      since.pending.delete(job.uid);
      since.gone.delete(job.uid);
    }
    for (const uid of gone) {
      since.gone.add(uid);
      since.pending.delete(uid);
      since.holding.delete(uid);
    }
    since.rest = rest ?? since.rest;
  }

  #record(plan: DecisionRecord['plan'], now: number): DecisionRecord {
    const { pending, holding, gone, rest } = this.#since;
    const base = this.#deltas >= DELTAS;
    this.#deltas = base ? 0 : this.#deltas + 1;
    this.#since = newDelta();
    const {
      queues: _q,
      grants: _g,
      flavors: _f,
      nodes: _n,
      pending: _p,
      holding: _h,
      ...light
    } = this.#snapshot;
    const delta = {
      pending: [...pending.values()],
      holding: [...holding.values()],
      gone: [...gone],
      ...(rest ? { rest } : {}),
      light,
    };
    return {
      kind: base ? 'base' : 'delta',
      version: SCHEDULER_VERSION,
      now,
      input: base ? this.snapshot() : delta,
      plan,
    };
  }
}

interface Since {
  readonly pending: Map<string, Snapshot['pending'][number]>;
  readonly holding: Map<string, Snapshot['holding'][number]>;
  readonly gone: Set<string>;
  rest: Delta['rest'];
}

function newDelta(): Since {
  return { pending: new Map(), holding: new Map(), gone: new Set(), rest: undefined };
}
