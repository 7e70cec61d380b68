/**
 * The spec of a task, without what stands in columns and without what is as by default: most tasks are
 * submitted with a handler and a payload and nothing else, and then nothing is stored.
 */
import type { JobSpec, RetryPolicy, TaskSpec } from '../../../core/job/spec.ts';

type InColumns = 'type' | 'queue' | 'priority' | 'roles' | 'task';
type TaskInColumns = 'handler' | 'payload' | 'payloadBytes' | 'fairKey';

export type StoredSpec = Partial<Omit<JobSpec, InColumns>> & {
  readonly task?: Partial<Omit<TaskSpec, TaskInColumns>> | undefined;
};

const RETRY: RetryPolicy = { limit: 3, backoff: { initialMs: 5000, factor: 2, maxMs: 300_000 }, rules: [] };
const TASK = { after: [], onDependencyFailure: 'fail', cancelGraceMs: 10_000 } as const;
const GRACE = 30_000;

type Columns = Pick<JobSpec, 'type' | 'queue' | 'priority'> & {
  readonly task: Pick<TaskSpec, TaskInColumns>;
};

export function fullSpec({ task, ...columns }: Columns, stored: StoredSpec | null): JobSpec {
  const { task: more, ...rest } = stored ?? {};
  return {
    ...columns,
    roles: [],
    topology: { level: 'none', required: false },
    retry: RETRY,
    checkpoint: { graceMs: GRACE },
    outputs: [],
    replaceAfterMs: null,
    ...rest,
    task: { ...TASK, ...task, ...more },
  };
}

/** Null when all of it is as by default. */
export function storedSpec(spec: JobSpec): StoredSpec | null {
  const { type: _t, queue: _q, priority: _p, roles: _r, task, topology: _y, outputs: _o, ...rest } = spec;
  const { retry, checkpoint: _c, replaceAfterMs: _l, ...times } = rest;
  const kept: Record<string, unknown> = {};
  for (const key in times) {
    const value = times[key as keyof typeof times];
    if (value !== undefined) kept[key] = value;
  }
  if (!isUsual(retry)) kept.retry = retry;
  const own = task && storedTask(task);
  if (own) kept.task = own;
  return hasAny(kept) ? (kept as StoredSpec) : null;
}

function storedTask(task: TaskSpec): StoredSpec['task'] | undefined {
  const { concurrency, rate, unique, after, onDependencyFailure, cancelGraceMs } = task;
  const kept: Record<string, unknown> = {};
  if (concurrency) kept.concurrency = concurrency;
  if (rate) kept.rate = rate;
  if (unique) kept.unique = unique;
  if (after.length > 0) kept.after = after;
  if (onDependencyFailure !== TASK.onDependencyFailure) kept.onDependencyFailure = onDependencyFailure;
  if (cancelGraceMs !== TASK.cancelGraceMs) kept.cancelGraceMs = cancelGraceMs;
  return hasAny(kept) ? (kept as StoredSpec['task']) : undefined;
}

function isUsual({ limit, backoff, rules }: RetryPolicy): boolean {
  const usual = RETRY.backoff;
  return (
    limit === RETRY.limit &&
    backoff.initialMs === usual.initialMs &&
    backoff.factor === usual.factor &&
    backoff.maxMs === usual.maxMs &&
    rules.length === 0
  );
}

function hasAny(record: Record<string, unknown>): boolean {
  for (const _ in record) return true;
  return false;
}
