/** Makes what runs here what should run here. The difference is taken from the runner, never remembered. */
import type { Desired, ToAgent } from '../contract/agent-link.ts';
import type { AttemptObservation, AttemptRef, AttemptSpec } from '../core/job/attempt.ts';
import type { Runner } from '../ports/runner.ts';

type DesiredMessage = Extract<ToAgent, { type: 'desired' }>;

export class Reconciler {
  readonly #runner: Runner;
  readonly #onTrouble: (what: string, error: unknown) => void;

  constructor(runner: Runner, onTrouble: (what: string, error: unknown) => void) {
    this.#runner = runner;
    this.#onTrouble = onTrouble;
  }

  async apply({ full, attempts }: DesiredMessage): Promise<void> {
    const surplus = full ? await this.#surplus(attempts) : [];
    await Promise.all([...surplus, ...attempts].map((desired) => this.#one(desired)));
  }

  async #one(desired: Desired): Promise<void> {
    const { runner, onTrouble } = { runner: this.#runner, onTrouble: this.#onTrouble };
    try {
      if (desired.want === 'run') await run(runner, desired.spec, desired.stop);
      if (desired.want === 'forget') await forget(runner, desired);
    } catch (error) {
      onTrouble(desired.want, error);
    }
  }

  /** What the server does not know of: stopped without grace, since only the current attempt counts. */
  async #surplus(attempts: readonly Desired[]): Promise<Desired[]> {
    const wanted = new Set(attempts.map((desired) => keyOf(refOf(desired))));
    const here = await this.#runner.list();
    return here
      .filter(({ ref }) => !wanted.has(keyOf(ref)))
      .map(({ ref }) => ({ want: 'forget', ref, job: false }));
  }
}

async function run(
  runner: Runner,
  spec: AttemptSpec,
  stop: Extract<Desired, { want: 'run' }>['stop'],
): Promise<void> {
  await runner.start(spec);
  if (stop) await runner.stop(spec.ref, stop);
}

/** Also of an attempt that still runs: it is ended first, and forgotten when that is known. */
async function forget(runner: Runner, { ref, job }: Extract<Desired, { want: 'forget' }>): Promise<void> {
  const seen = (await runner.list()).find((other) => keyOf(other.ref) === keyOf(ref));
  if (seen && seen.phase !== 'ended') {
    const ended = endOf(runner, ref);
    await runner.stop(ref, { graceMs: 0, why: 'another attempt of the job is current' });
    await ended;
  }
  await runner.forget(ref, { job });
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
