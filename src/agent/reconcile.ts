/**
 * Makes what runs here what should run here. The difference is taken from the runner, never remembered; only
 * what could not be done (the disk was full) is kept, to be tried again: the server says a thing once.
 */
import type { Desired, ToAgent } from '../contract/agent-link.ts';
import type { AttemptObservation, AttemptRef, MemberObservation } from '../core/job/attempt.ts';
import type { Runner } from '../ports/runner.ts';

type DesiredMessage = Extract<ToAgent, { type: 'desired' }>;
type Run = Extract<Desired, { want: 'run' }>;
type Forget = Extract<Desired, { want: 'forget' }>;
/** What the runner holds, by attempt. */
type Held = ReadonlyMap<string, AttemptObservation>;

export interface ReconcilerOptions {
  readonly runner: Runner;
  /** Tells the server of an attempt that the runner never had. */
  readonly report: (seen: AttemptObservation) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #failed = new Map<string, Desired>();
  #turn: Promise<void> = Promise.resolve();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Resolves when starts and stops are under way; what is to be forgotten may take as long as it takes to end. */
  apply({ full, attempts }: DesiredMessage): Promise<void> {
    return this.#inTurn(async () => {
      if (full) this.#failed.clear();
      await this.#apply(full, attempts);
    });
  }

  /** Tries again what failed before. */
  again(): Promise<void> {
    return this.#inTurn(() => this.#apply(false, [...this.#failed.values()]));
  }

  /** One statement after the other, so that none overtakes what was said before it. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #apply(full: boolean, attempts: readonly Desired[]): Promise<void> {
    if (attempts.length === 0 && !full) return;
    for (const desired of attempts) this.#failed.delete(keyOf(refOf(desired)));
    const here: Held = new Map((await this.#options.runner.list()).map((seen) => [keyOf(seen.ref), seen]));
    const surplus = full ? surplusOf(here, attempts) : [];
    const unwanted = [...surplus, ...attempts].filter((desired) => desired.want === 'forget');
    for (const desired of unwanted) void this.#guarded(desired, () => this.#forget(desired, here));
    const wanted = attempts.filter((desired) => desired.want === 'run');
    await Promise.all(wanted.map((desired) => this.#guarded(desired, () => this.#run(desired, here))));
  }

  async #run(run: Run, here: Held): Promise<void> {
    const { runner, report } = this.#options;
    const { spec, stop } = run;
    if (!here.has(keyOf(spec.ref)) && (stop || run.startedAt !== undefined)) {
      report(run.startedAt === undefined ? neverStarted(spec.ref) : lost(run));
      return;
    }
    await runner.start(spec);
    if (stop) await runner.stop(spec.ref, stop);
  }

  /** An attempt that still runs is ended first: only the current one of a job counts. */
  async #forget({ ref, job }: Forget, here: Held): Promise<void> {
    const { runner } = this.#options;
    const seen = here.get(keyOf(ref));
    if (seen && seen.phase !== 'ended') {
      const ended = endOf(runner, ref);
      await runner.stop(ref, { graceMs: 0, why: 'another attempt of the job is current' });
      await ended;
    }
    await runner.forget(ref, { job });
  }

  async #guarded(desired: Desired, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#failed.set(keyOf(refOf(desired)), desired);
      this.#options.onTrouble(desired.want, error);
    }
  }
}

/** What runs here though the server does not know of it. */
function surplusOf(here: Held, attempts: readonly Desired[]): Forget[] {
  const wanted = new Set(attempts.map((desired) => keyOf(refOf(desired))));
  const surplus = [...here.values()].filter(({ ref }) => !wanted.has(keyOf(ref)));
  return surplus.map(({ ref }) => ({ want: 'forget', ref, job: false }));
}

/** To be stopped before it was ever here: starting it first would only be waste. */
function neverStarted(ref: AttemptRef): AttemptObservation {
  const outcome = { kind: 'stopped', graceExceeded: false } as const;
  return { ref, phase: 'ended', members: [], outputs: [], notes: [], outcome };
}

/**
 * It ran, and the runner knows nothing of it: its directory is gone, or it was kept in memory only. Starting
 * it again would be a second try under the number of the first.
 */
function lost({ spec, startedAt }: Run): AttemptObservation {
  const message = 'the runner was started anew and holds nothing of this attempt: it is lost';
  const members = spec.members.map(
    ({ role, index, rank }): MemberObservation => ({ role, index, rank, phase: 'ended', exit: { message } }),
  );
  const outcome = { kind: 'failed', reason: 'NodeLost', message } as const;
  return { ref: spec.ref, phase: 'ended', startedAt, members, outputs: [], notes: [], outcome };
}

function endOf(runner: Runner, ref: AttemptRef): Promise<void> {
  const over = new AbortController();
  return new Promise((resolve) => {
    const look = (seen: AttemptObservation) => {
      if (keyOf(seen.ref) !== keyOf(ref) || seen.phase !== 'ended') return;
      over.abort();
      resolve();
    };
    runner.watch(look, over.signal);
    void runner.list().then((all) => all.forEach(look));
  });
}

function refOf(desired: Desired): AttemptRef {
  return desired.want === 'run' ? desired.spec.ref : desired.ref;
}

function keyOf(ref: AttemptRef): string {
  return `${ref.job}.${ref.attempt}`;
}
