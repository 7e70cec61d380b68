/** From what a caller writes to the body of a submission. */
import type { JobSpec, TaskSpec } from './api.ts';

/** `30s`, `1h30m` and the like as the server spells them, or milliseconds. */
export type Duration = string | number;

/** A uid, a name, or what the server answered about a job: a job, an item of a batch, an outcome. */
export type JobRef =
  | string
  | { readonly uid: string }
  | { readonly metadata: { readonly uid: string; readonly namespace?: string } };

/** One job of a batch, as the API takes it. */
export interface JobItem {
  readonly name?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly spec: JobSpec;
}

type OfSpec = Pick<JobSpec, 'type' | 'queue' | 'priority' | 'retry'>;
type OfTask = Pick<TaskSpec, 'fairKey' | 'concurrency' | 'onDependencyFailure'>;

/** Everything about a task but its handler and its payload. */
export interface TaskOptions extends OfSpec, OfTask {
  readonly name?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Of one attempt. */
  readonly timeout?: Duration | undefined;
  /** Of the task, from its submission. */
  readonly deadline?: Duration | undefined;
  /** Fail when it has not started by then. */
  readonly startDeadline?: Duration | undefined;
  /** RFC 3339, or a Date. */
  readonly startAfter?: string | Date | undefined;
  readonly ttlAfterFinished?: Duration | undefined;
  /** At most `limit` tasks of this key start in each `per`. */
  readonly rate?: { readonly key: string; readonly limit: number; readonly per: Duration } | undefined;
  /** A second submission of this key is the same task: within `window`, or until it has ended. */
  readonly unique?: { readonly key: string; readonly window?: Duration } | undefined;
  /** Tasks that end before this one starts; it is given their results. */
  readonly after?: readonly JobRef[] | undefined;
  /** How long a handler that is asked to stop may take. */
  readonly cancelGrace?: Duration | undefined;
}

const OF_JOB = ['name', 'labels'] as const;
const OF_SPEC = [
  'type',
  'queue',
  'priority',
  'retry',
  'timeout',
  'deadline',
  'startDeadline',
  'startAfter',
  'ttlAfterFinished',
] as const;
const OF_TASK = [
  'fairKey',
  'concurrency',
  'onDependencyFailure',
  'rate',
  'unique',
  'after',
  'cancelGrace',
] as const;
const KNOWN: ReadonlySet<string> = new Set([...OF_JOB, ...OF_SPEC, ...OF_TASK]);

/** A task, for `submitBatch` and `submitJob`. @throws TypeError for an option that does not exist */
export function task(handler: string, payload: unknown = null, options: TaskOptions = {}): JobItem {
  const unknown = Object.keys(options).filter((name) => !KNOWN.has(name));
  if (unknown.length > 0) throw new TypeError(`a task has no option ${unknown.join(', ')}`);
  const given = onWire(options);
  const spec = { ...picked(given, OF_SPEC), task: { handler, payload, ...picked(given, OF_TASK) } };
  return { ...picked(given, OF_JOB), spec: spec as JobSpec };
}

function onWire(options: TaskOptions): Readonly<Record<string, unknown>> {
  const { timeout, deadline, startDeadline, ttlAfterFinished, cancelGrace, startAfter, ...rest } = options;
  const { rate, unique, after } = options;
  return {
    ...rest,
    timeout: duration(timeout),
    deadline: duration(deadline),
    startDeadline: duration(startDeadline),
    ttlAfterFinished: duration(ttlAfterFinished),
    cancelGrace: duration(cancelGrace),
    startAfter: startAfter instanceof Date ? startAfter.toISOString() : startAfter,
    rate: rate && { ...rate, per: duration(rate.per) },
    unique: unique && { ...unique, window: duration(unique.window) },
    after: after?.map(reference),
  };
}

function picked(given: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  );
}

/** `1500` → `1500ms`. @throws TypeError for what is no duration */
export function duration(value: Duration): string;
export function duration(value: Duration | undefined): string | undefined;
export function duration(value: Duration | undefined): string | undefined {
  if (typeof value !== 'number') return value;
  if (!(value >= 0) || !Number.isFinite(value)) throw new TypeError(`${value} is no number of milliseconds`);
  return `${Math.round(value)}ms`;
}

/** The uid, where there is one. @throws TypeError for an item of a batch that was refused */
export function reference(job: JobRef): string {
  if (typeof job === 'string') return job;
  const uid = 'metadata' in job ? job.metadata.uid : job.uid;
  if (typeof uid !== 'string') throw new TypeError('this is no job: was it refused?');
  return uid;
}

/** The project that a job view names; a uid or a name says nothing of it. */
export function projectOf(job: JobRef): string | undefined {
  return typeof job === 'object' && 'metadata' in job ? job.metadata.namespace : undefined;
}
