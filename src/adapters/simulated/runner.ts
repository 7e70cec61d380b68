/**
 * A runner whose members only wait: for tests, demonstrations and what-if, on nodes that a file declares. It
 * keeps nothing outside its memory, so what it held is lost with its process, and it says so by not listing it.
 */
import type { AttemptObservation, AttemptRef, AttemptSpec, StopOrder } from '../../core/job/attempt.ts';
import type {
  AttemptFile,
  FileChunk,
  NodeFacts,
  ReadRange,
  Runner,
  RunnerFacts,
} from '../../ports/runner.ts';
import { SimulatedAttempt } from './simulated-attempt.ts';

export interface SimulatedRunnerOptions {
  readonly nodes: readonly NodeFacts[];
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

export type SimulatedRunner = Runner & {
  /** How many attempts have not ended. */
  running(): number;
  /** Lets go of all attempts: they are lost. */
  close(): Promise<void>;
};

export function createSimulatedRunner(options: SimulatedRunnerOptions): SimulatedRunner {
  return new WaitingRunner(options);
}

class WaitingRunner implements SimulatedRunner {
  readonly #nodes: readonly NodeFacts[];
  readonly #now: () => number;
  readonly #attempts = new Map<string, SimulatedAttempt>();
  /** Attempts of each job, so that what is kept of one is found without looking at all. */
  readonly #byJob = new Map<string, Set<SimulatedAttempt>>();
  readonly #listeners = new Set<(seen: AttemptObservation) => void>();
  #placed = 0;

  constructor({ nodes, now = Date.now }: SimulatedRunnerOptions) {
    this.#nodes = nodes;
    this.#now = now;
  }

  async facts(): Promise<RunnerFacts> {
    return { kind: 'simulated', nodes: this.#nodes };
  }

  async start(spec: AttemptSpec): Promise<void> {
    const key = keyOf(spec.ref);
    if (this.#attempts.has(key)) return;
    const nodes = spec.members.map(({ node }) => node ?? this.#nextNode());
    const attempt = new SimulatedAttempt({
      spec,
      nodes,
      now: this.#now,
      onChange: (seen) => this.#tell(seen),
    });
    this.#attempts.set(key, attempt);
    const siblings = this.#byJob.get(spec.ref.job);
    if (siblings) siblings.add(attempt);
    else this.#byJob.set(spec.ref.job, new Set([attempt]));
    attempt.begin();
  }

  async stop(ref: AttemptRef, order: StopOrder): Promise<void> {
    this.#attempts.get(keyOf(ref))?.stop(order);
  }

  async list(): Promise<readonly AttemptObservation[]> {
    return [...this.#attempts.values()].map(({ seen }) => seen);
  }

  watch(onChange: (seen: AttemptObservation) => void, stop: AbortSignal): void {
    if (stop.aborted) return;
    const listener = (seen: AttemptObservation): void => onChange(seen);
    this.#listeners.add(listener);
    stop.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  async read(ref: AttemptRef, file: AttemptFile, { offset, limit }: ReadRange): Promise<FileChunk> {
    const attempt = this.#attempts.get(keyOf(ref));
    const log = file.kind === 'log' ? attempt?.logOf(file.role, file.index) : undefined;
    if (!log) throw Object.assign(new Error(`no such file of attempt ${keyOf(ref)}`), { code: 'ENOENT' });
    const bytes = Buffer.from(log.text);
    const piece = bytes.subarray(offset, offset + limit);
    return { offset, bytes: piece, eof: log.complete && offset + piece.length >= bytes.length };
  }

  async forget(ref: AttemptRef, { job }: { readonly job: boolean }): Promise<void> {
    const own = this.#attempts.get(keyOf(ref));
    const going = job ? [...(this.#byJob.get(ref.job) ?? [])] : own ? [own] : [];
    const live = going.find(({ ended }) => !ended);
    if (live) throw stillRuns(live.spec.ref);
    for (const attempt of going) this.#remove(attempt);
  }

  running(): number {
    return [...this.#attempts.values()].filter(({ ended }) => !ended).length;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    for (const attempt of this.#attempts.values()) attempt.abandon();
  }

  #remove(attempt: SimulatedAttempt): void {
    const { ref } = attempt.spec;
    this.#attempts.delete(keyOf(ref));
    const siblings = this.#byJob.get(ref.job);
    siblings?.delete(attempt);
    if (siblings?.size === 0) this.#byJob.delete(ref.job);
  }

  /** Round and round: the plan has seen to it that the whole of the members fits. */
  #nextNode(): string {
    const node = this.#nodes[this.#placed % this.#nodes.length];
    if (!node) throw new Error('this runner has no nodes: nothing can be started on it');
    this.#placed += 1;
    return node.name;
  }

  #tell(seen: AttemptObservation): void {
    for (const listener of this.#listeners) listener(seen);
  }
}

function stillRuns({ job, attempt }: AttemptRef): Error {
  const message = `attempt ${attempt} of job ${job} has not ended: stop it before it is forgotten`;
  return Object.assign(new Error(message), { code: 'EBUSY' });
}

function keyOf({ job, attempt }: AttemptRef): string {
  return `${job}.${attempt}`;
}
