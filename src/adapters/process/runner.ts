/**
 * Runs attempts as processes of this machine, Linux only. The work is done by one shim per attempt
 * (`shim/main.ts`), which outlives this process; the runner starts shims, finds them again, reads
 * what they write, and cleans up after one that was killed.
 */
import type {
  AttemptObservation,
  AttemptOutcome,
  AttemptRef,
  AttemptSpec,
  StopOrder,
} from '../../core/job/attempt.ts';
import type { Resources } from '../../core/job/spec.ts';
import type { AttemptFile, FileChunk, ReadRange, Runner, RunnerFacts } from '../../ports/runner.ts';
import type { Delegated } from './cgroup/control-group.ts';
import {
  type CgroupSetting,
  type Delegation,
  findDelegation,
  removeEmptyGroups,
} from './cgroup/delegation.ts';
import { machineFacts } from './facts.ts';
import {
  type KeptStopOrder,
  type Launch,
  type RunAs,
  readJson,
  replaceJson,
  type ShimIdentity,
} from './launch.ts';
import { attemptDir, layoutOf, logDir, outputFile } from './layout.ts';
import { killAbandoned, lastEntries } from './lost-shim.ts';
import { chooseMasterPort } from './master-port.ts';
import { signal } from './process-set.ts';
import { bootId, isAlive } from './procfs.ts';
import { readLog } from './read-log.ts';
import { notFound, readOutput } from './read-output.ts';
import { JournalWriter } from './shim/journal-writer.ts';
import { ShimPool } from './shim-pool.ts';
import { addAttempt, cacheDir, findAttempts, openStore, removeAttempt } from './store.ts';
import { TrackedAttempt } from './tracked-attempt.ts';

export interface ProcessRunnerOptions {
  /** Directory of all that is kept of attempts; made when it is missing. */
  readonly root: string;
  readonly nodeName: string;
  /** Takes the place of what was measured, resource by resource. */
  readonly capacity?: Resources | undefined;
  /** The user of the members; only root can give one. */
  readonly runAs?: RunAs | undefined;
  /** The Node that runs the shims. */
  readonly nodeBinary: string;
  /** Appended to the members' PATH. */
  readonly pathDirs?: readonly string[] | undefined;
  /** Of each member's log; 64 MiB by default, 1 MiB at least. */
  readonly logCapBytes?: number | undefined;
  /** How often memory is looked at, milliseconds. */
  readonly pollMs?: number | undefined;
  /** Control groups for members: `auto`, `off` (the default) or the path of one that is delegated. */
  readonly cgroup?: CgroupSetting | undefined;
  /** Told how memory is limited, once. */
  readonly onCgroup?: ((found: Delegation) => void) | undefined;
  /** Shims kept ready: 1 by default, or 0. */
  readonly spares?: number | undefined;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

export type ProcessRunner = Runner & {
  /** Stops looking. What runs goes on, and the next runner of the same root finds it. */
  close(): Promise<void>;
};

const DEFAULT_LOG_CAP = 64 * 2 ** 20;
const LEAST_LOG_CAP = 2 ** 20;
const DEFAULT_POLL_MS = 250;
/** How often every attempt is looked at without being told to. */
const SLOW_LOOK_MS = 500;
/** Every so many of those looks the journals are read as well, in case the system did not tell of a change. */
const LOOKS_PER_READING = 8;

type Failure = Extract<AttemptOutcome, { kind: 'failed' }>;

const SHIM_LOST = {
  reason: 'ShimLost',
  message: 'the process that ran this attempt was killed; what it left running was stopped',
} as const;
const NODE_LOST = { reason: 'NodeLost', message: 'the machine restarted while this attempt ran' } as const;

/** @throws Error on any platform but Linux, or when members are to run as another user and this one is not root */
export function createProcessRunner(options: ProcessRunnerOptions): ProcessRunner {
  if (process.platform !== 'linux') {
    throw new Error(`the process runner needs Linux, for /proc; this is ${process.platform}`);
  }
  if (options.runAs !== undefined && process.getuid?.() !== 0) {
    throw new Error('runAs needs root: without it members run as the same user as Capstan');
  }
  return new LinuxRunner(options);
}

/** @throws Error when the path that was given is none that can be used */
function delegatedTo({ cgroup = 'off', onCgroup }: ProcessRunnerOptions): Delegated | undefined {
  const found = findDelegation(cgroup);
  onCgroup?.(found);
  if (found.kind === 'none') return undefined;
  removeEmptyGroups(found);
  const { path, version } = found;
  return { path, version };
}

class LinuxRunner implements Runner {
  readonly #options: ProcessRunnerOptions;
  readonly #pool: ShimPool;
  readonly #cgroup: Delegated | undefined;
  readonly #attempts = new Map<string, TrackedAttempt>();
  /** Starts under way: whoever asks for the same attempt waits for the same start. */
  readonly #starting = new Map<string, Promise<void>>();
  /** Ports of attempts that are being started. */
  readonly #portsChosen = new Map<string, number>();
  readonly #listeners = new Set<(seen: AttemptObservation) => void>();
  readonly #slowLook: NodeJS.Timeout;
  readonly #opened: Promise<void>;
  readonly #boot = bootId();
  #closed = false;
  #looks = 0;

  constructor(options: ProcessRunnerOptions) {
    this.#options = options;
    const { nodeBinary, root, spares = 1 } = options;
    this.#cgroup = delegatedTo(options);
    this.#pool = new ShimPool({ nodeBinary, cacheDir: cacheDir(root), spares });
    this.#slowLook = setInterval(() => this.#lookAtAll(), SLOW_LOOK_MS).unref();
    this.#opened = this.#open();
    // Told to whoever calls next, and not to the process as a whole.
    this.#opened.catch(() => undefined);
  }

  async facts(): Promise<RunnerFacts> {
    const { nodeName, capacity } = this.#options;
    const cgroup = this.#cgroup;
    const memoryLimit = cgroup ? (`cgroup-v${cgroup.version}` as const) : 'polled';
    return { kind: 'process', nodes: [machineFacts({ name: nodeName, capacity, memoryLimit })] };
  }

  async start(spec: AttemptSpec): Promise<void> {
    await this.#opened;
    const key = keyOf(spec.ref);
    if (this.#attempts.has(key)) return;
    const begun = this.#starting.get(key) ?? this.#begin(spec).finally(() => this.#started(key));
    this.#starting.set(key, begun);
    await begun;
  }

  async stop(ref: AttemptRef, order: StopOrder): Promise<void> {
    const attempt = await this.#find(ref);
    if (attempt === undefined || attempt.ended) return;
    const at = this.#now();
    const { stop } = attempt.layout;
    const last = readJson<KeptStopOrder>(stop);
    if (last === undefined || at + order.graceMs < last.at + last.graceMs)
      await replaceJson(stop, { ...order, at });
    const shim = attempt.shim();
    // A shim that has not taken the attempt yet reads the order when it does.
    if (shim !== undefined && this.#lives(shim)) signal(shim.pid, 'SIGTERM');
  }

  async list(): Promise<readonly AttemptObservation[]> {
    await this.#opened;
    return [...this.#attempts.values()].map((attempt) => {
      attempt.refresh();
      return attempt.record.seen;
    });
  }

  watch(onChange: (seen: AttemptObservation) => void, stop: AbortSignal): void {
    if (stop.aborted) return;
    const listener = (seen: AttemptObservation): void => onChange(seen);
    this.#listeners.add(listener);
    stop.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  async read(ref: AttemptRef, file: AttemptFile, range: ReadRange): Promise<FileChunk> {
    const attempt = await this.#find(ref);
    if (attempt === undefined) throw notFound(`attempt ${ref.attempt} of job ${ref.job}`);
    attempt.refresh();
    return file.kind === 'log'
      ? readMemberLog(attempt, file, range)
      : readOutputOf(attempt, file.name, range);
  }

  async forget(ref: AttemptRef, scope: { readonly job: boolean }): Promise<void> {
    const attempt = await this.#find(ref);
    const others = [...this.#attempts.values()].filter(({ launch }) => launch.spec.ref.job === ref.job);
    const going = scope.job ? others : others.filter((other) => other === attempt);
    const live = going.find((other) => !other.ended);
    if (live !== undefined) throw stillRuns(live.launch.spec.ref);
    for (const other of going) this.#attempts.delete(keyOf(other.launch.spec.ref));
    await removeAttempt(this.#options.root, ref, scope);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#slowLook);
    this.#listeners.clear();
    for (const attempt of this.#attempts.values()) attempt.unfollow();
    await this.#pool.close();
  }

  async #open(): Promise<void> {
    await openStore(this.#options.root, this.#options.runAs);
    for (const dir of await findAttempts(this.#options.root)) this.#adopt(dir);
  }

  async #begin(spec: AttemptSpec): Promise<void> {
    const { root, nodeName, runAs, pathDirs = [], logCapBytes = DEFAULT_LOG_CAP } = this.#options;
    const masterPort = await chooseMasterPort(this.#portsInUse());
    this.#portsChosen.set(keyOf(spec.ref), masterPort);
    await addAttempt(root, {
      spec,
      node: nodeName,
      masterPort,
      runAs,
      pathDirs,
      logCapBytes: Math.max(LEAST_LOG_CAP, logCapBytes),
      pollMs: this.#options.pollMs ?? DEFAULT_POLL_MS,
      cgroup: this.#cgroup,
    });
    this.#adopt(attemptDir(root, spec.ref));
  }

  /** Takes up an attempt wherever it stands: not begun, running, ended, or left by a shim that is gone. */
  #adopt(dir: string): void {
    const launch = readJson<Launch>(layoutOf(dir).launch);
    if (launch === undefined || this.#closed) return;
    const attempt = new TrackedAttempt(dir, launch, (changed) => this.#tell(changed));
    this.#attempts.set(keyOf(launch.spec.ref), attempt);
    attempt.refresh();
    if (attempt.ended) return;
    attempt.follow();
    if (attempt.shim() !== undefined) this.#lookAt(attempt);
    // A journal that has begun without a shim's name is what a power cut leaves.
    else if (attempt.begun) this.#endLost(attempt, NODE_LOST);
    else this.#pool.run(dir, (how) => this.#shimEnded(attempt, how));
  }

  #lookAtAll(): void {
    this.#looks += 1;
    for (const attempt of this.#attempts.values()) {
      if (attempt.ended) continue;
      this.#lookAt(attempt);
      if (this.#looks % LOOKS_PER_READING === 0) attempt.refresh();
    }
  }

  #lookAt(attempt: TrackedAttempt): void {
    const shim = attempt.shim();
    if (shim === undefined || this.#lives(shim)) return;
    // In this order: a shim that ends writes its last line first.
    attempt.refresh();
    if (attempt.ended) return;
    this.#endLost(attempt, shim.boot === this.#boot ? SHIM_LOST : NODE_LOST);
  }

  #shimEnded(attempt: TrackedAttempt, how: string): void {
    attempt.refresh();
    if (attempt.ended || this.#closed) return;
    const shim = attempt.shim();
    // Another shim may have taken the attempt; this one then ended because of that.
    if (shim !== undefined) this.#lookAt(attempt);
    else
      this.#endLost(attempt, {
        reason: 'StartFailed',
        message: `the runner's shim did not start: ${how}`,
      });
  }

  /** What cannot be written now (no descriptor is left, the disk fails) is tried again at a later look. */
  #endLost(attempt: TrackedAttempt, why: Pick<Failure, 'reason' | 'message'>): void {
    if (attempt.closing) return;
    attempt.closing = true;
    this.#writeEnd(attempt, why).catch(() => {
      attempt.closing = false;
    });
  }

  async #writeEnd(attempt: TrackedAttempt, why: Pick<Failure, 'reason' | 'message'>): Promise<void> {
    if (why.reason !== 'NodeLost') await killAbandoned(attempt.launch, attempt.record);
    const journal = new JournalWriter(attempt.layout.journal);
    journal.append(...lastEntries(attempt.record, { kind: 'failed', ...why }, this.#now()));
    await journal.close();
    attempt.refresh();
  }

  async #find(ref: AttemptRef): Promise<TrackedAttempt | undefined> {
    await this.#opened;
    await this.#starting.get(keyOf(ref));
    return this.#attempts.get(keyOf(ref));
  }

  #started(key: string): void {
    this.#starting.delete(key);
    this.#portsChosen.delete(key);
  }

  #portsInUse(): Set<number> {
    const live = [...this.#attempts.values()].filter(({ ended }) => !ended);
    return new Set([...this.#portsChosen.values(), ...live.map(({ launch }) => launch.masterPort)]);
  }

  #lives(shim: ShimIdentity): boolean {
    return shim.boot === this.#boot && isAlive(shim);
  }

  #tell(attempt: TrackedAttempt): void {
    for (const listener of this.#listeners) listener(attempt.record.seen);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function readMemberLog(
  attempt: TrackedAttempt,
  file: Extract<AttemptFile, { kind: 'log' }>,
  range: ReadRange,
): Promise<FileChunk> {
  const { seen, closedLogs } = attempt.record;
  const member = seen.members.find(({ role, index }) => role === file.role && index === file.index);
  if (member === undefined) throw notFound(`the log of ${file.role}-${file.index}`);
  // A member that has closed its output may still get a line from its shim.
  const complete = seen.phase === 'ended' || (member.phase === 'ended' && closedLogs.has(member.rank));
  return readLog(
    { dir: logDir(attempt.layout, member), capBytes: attempt.launch.logCapBytes, complete },
    range,
  );
}

function readOutputOf(attempt: TrackedAttempt, name: string, range: ReadRange): Promise<FileChunk> {
  const output = attempt.launch.spec.outputs.find((candidate) => candidate.name === name);
  if (output === undefined) throw notFound(`output ${name}`);
  const { runAs } = attempt.launch;
  return readOutput({ path: outputFile(attempt.layout, output), runAs, complete: attempt.ended }, range);
}

function stillRuns({ job, attempt }: AttemptRef): Error {
  const message = `attempt ${attempt} of job ${job} has not ended: stop it before it is forgotten`;
  return Object.assign(new Error(message), { code: 'EBUSY' });
}

function keyOf({ job, attempt }: AttemptRef): string {
  return `${job}.${attempt}`;
}
