/**
 * What is a task's own: how it is handed to a worker, what its worker's report means, and what keeps it
 * from being handed out. Retries, charges, deadlines and stops are those of every job.
 */
import { spoken } from '../time/spoken.ts';
import type { AttemptObservation, AttemptOutcome, HandlerError } from './attempt.ts';
import type { Job, TaskOutcome } from './job.ts';
import { observe } from './observe.ts';
import type { JobSpec } from './spec.ts';
import { holdsProcesses } from './state.ts';
import { type Decision, NOTHING, refused, transition } from './transition.ts';

/** Why a pending task is not ready: the first that holds. */
export type Blocked = 'delay' | 'tasks' | 'gate';

/** A worker and the moment at which it gets the task. */
export interface Lease {
  readonly worker: string;
  readonly now: number;
}

/** A ready task is handed to a worker; the next attempt's number is its fence. */
export function lease(job: Job, { worker, now }: Lease): Decision {
  if (job.state.name !== 'pending') return refused(job.state, 'only a pending task is handed out');
  const attempt = job.fence + 1;
  return transition(job, {
    now,
    state: leased(attempt, { worker, now }),
    fields: {
      fence: attempt,
      attempts: [
        ...job.attempts,
        { number: attempt, agent: worker, admittedAt: now, startedAt: now, members: [], outputs: [] },
      ],
    },
  });
}

export function leased(attempt: number, { worker, now }: Lease): Extract<Job['state'], { name: 'running' }> {
  const message = `attempt ${attempt} was handed to a worker`;
  return { name: 'running', attempt, agent: worker, reason: 'Started', message, since: now };
}

/** What a worker says of one lease. */
export interface TaskReport {
  readonly attempt: number;
  readonly worker: string;
  readonly outcome: AttemptOutcome;
  readonly result?: TaskOutcome | undefined;
  readonly now: number;
  readonly random: number;
}

/** The lease is over. A report of any other lease than the current one changes nothing. */
export function endLease(job: Job, report: TaskReport): Decision {
  const { attempt, worker, now, outcome } = report;
  if (!holdsProcesses(job.state)) return NOTHING;
  const record = job.attempts.find(({ number }) => number === attempt);
  const seen: AttemptObservation = {
    ref: { job: job.uid, attempt },
    phase: 'ended',
    startedAt: record?.startedAt,
    endedAt: now,
    members: [],
    outcome,
    outputs: [],
    notes: [],
  };
  const kept = { ...job.outcome, ...(outcome.kind === 'succeeded' ? report.result : {}) };
  const told = Object.keys(kept).length === 0 ? job : { ...job, outcome: kept };
  return observe(told, seen, { agent: worker, now, random: report.random });
}

export function threw(error: HandlerError): AttemptOutcome {
  const message = error.type === undefined ? error.message : `${error.type}: ${error.message}`;
  return { kind: 'failed', reason: 'HandlerError', message: message.slice(0, 1000), error };
}

/** @param silentMs how long the worker was not heard */
export function workerLost(silentMs: number): AttemptOutcome {
  const message = `its worker was not heard for ${spoken(silentMs)}`;
  return { kind: 'failed', reason: 'WorkerLost', message };
}

const WAITING: ReadonlySet<string> = new Set(['pending', 'backoff', 'suspended']);

/** Another task that it waits for did not succeed: nothing of it has run. */
export function dependencyFailed(job: Job, on: { readonly name: string; readonly now: number }): Decision {
  if (!WAITING.has(job.state.name)) return NOTHING;
  const message = `${on.name}, which it waits for, did not succeed`;
  return transition(job, {
    now: on.now,
    state: { name: 'failed', reason: 'DependencyFailed', message, since: on.now },
  });
}

/** @param waits tasks that it depends on and that have not ended */
export function blockedBy(spec: JobSpec, waits: number, now: number): Blocked | undefined {
  if (spec.startAfter !== undefined && spec.startAfter > now) return 'delay';
  if (waits > 0) return 'tasks';
  return gateOf(spec) === undefined ? undefined : 'gate';
}

/** Not allowed in keys, so that no two pairs of keys are one gate. */
const BETWEEN = '\u001e';

/** What limits by key a task passes: tasks of one gate and queue are let through together. */
export function gateOf({ task }: JobSpec): string | undefined {
  if (!task?.concurrency && !task?.rate) return undefined;
  return `${task.concurrency?.key ?? ''}${BETWEEN}${task.rate?.key ?? ''}`;
}
