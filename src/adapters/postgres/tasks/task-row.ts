/**
 * How a task lies in its tables, and how it is read back as the job that it is. What is as usual is NULL:
 * the state of one that waits, runs or has succeeded follows from its columns, and so does its attempt.
 */
import type { QueryResultRow } from 'pg';
import type { AttemptRecord, Charges, Job, TaskProgress } from '../../../core/job/job.ts';
import type { JobSpec, JobType, TaskSpec } from '../../../core/job/spec.ts';
import type { JobState, StateName } from '../../../core/job/state.ts';
import { type Blocked, leased } from '../../../core/job/task.ts';
import { spoken } from '../../../core/time/spoken.ts';
import { fullSpec, type StoredSpec } from './stored-spec.ts';

const COMMON = `uid, project, name, queue, handler, fair_key, type, priority, state_name, created_at, started_at,
  fence, version, worker, submitted_by, payload, payload_bytes, labels, spec, state, charges, attempts, progress`;

export const LIVE_TASK = `${COMMON}, blocked, waits, NULL::bigint AS ended_at, NULL::text AS result,
  NULL::integer AS result_bytes`;
export const ENDED_TASK = `${COMMON}, NULL::text AS blocked, 0 AS waits, ended_at, result, result_bytes`;

export interface TaskRow extends QueryResultRow {
  readonly uid: string;
  readonly project: string;
  readonly name: string | null;
  readonly queue: string;
  readonly handler: string;
  readonly fair_key: string;
  readonly type: JobType;
  readonly priority: number;
  readonly state_name: StateName;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly fence: number;
  readonly version: number;
  readonly worker: string | null;
  readonly submitted_by: string;
  readonly payload: string | null;
  readonly payload_bytes: number | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly spec: StoredSpec | null;
  readonly state: JobState | null;
  readonly charges: Charges | null;
  readonly attempts: readonly AttemptRecord[] | null;
  readonly progress: TaskProgress | null;
  readonly blocked: Blocked | null;
  readonly waits: number;
  readonly ended_at: number | null;
  readonly result: string | null;
  readonly result_bytes: number | null;
}

export const NO_CHARGES: Charges = { failed: 0, lost: 0, preempted: 0 };

/** A task without a name goes by its uid. */
export function toTask(row: TaskRow): Job {
  const state = stateOf(row);
  return {
    uid: row.uid,
    project: row.project,
    name: row.name ?? row.uid,
    labels: row.labels ?? {},
    spec: specOf(row),
    state,
    version: row.version,
    submittedBy: row.submitted_by,
    createdAt: row.created_at,
    updatedAt: row.ended_at ?? Math.max(state.since, row.started_at ?? 0),
    endedAt: row.ended_at ?? undefined,
    fence: row.fence,
    charges: row.charges ?? NO_CHARGES,
    attempts: attemptsOf(row),
    outcome: {
      result: row.result ?? undefined,
      resultBytes: row.result_bytes ?? undefined,
      progress: row.progress ?? undefined,
    },
  };
}

function specOf(row: TaskRow): JobSpec {
  const task: Pick<TaskSpec, 'handler' | 'payload' | 'payloadBytes' | 'fairKey'> = {
    handler: row.handler,
    payload: row.payload ?? undefined,
    payloadBytes: row.payload_bytes ?? undefined,
    fairKey: row.fair_key === '' ? undefined : row.fair_key,
  };
  return fullSpec({ type: row.type, queue: row.queue, priority: row.priority, task }, row.spec);
}

function stateOf(row: TaskRow): JobState {
  if (row.state_name === 'pending') return pendingState(row);
  if (row.state) return row.state;
  const now = row.started_at ?? row.created_at;
  if (row.state_name === 'running') return leased(row.fence, { worker: row.worker ?? '', now });
  return succeededState(row.fence, now, row.ended_at ?? now);
}

export function succeededState(attempt: number, startedAt: number, endedAt: number): JobState {
  const message = `attempt ${attempt} succeeded after ${spoken(Math.max(0, endedAt - startedAt))}`;
  return { name: 'succeeded', reason: 'Completed', message, since: endedAt };
}

/** What keeps it from being handed out is said before what brought it here. */
function pendingState(row: TaskRow): JobState {
  const kept = row.state?.name === 'pending' ? row.state : undefined;
  const since = kept?.since ?? row.created_at;
  switch (row.blocked) {
    case 'delay': {
      const after = row.spec?.startAfter ?? since;
      const message = `not before ${new Date(after).toISOString()}`;
      return { name: 'pending', reason: 'StartAfter', message, since };
    }
    case 'tasks': {
      const message = row.waits === 1 ? 'waits for 1 task to end' : `waits for ${row.waits} tasks to end`;
      return { name: 'pending', reason: 'WaitsForTasks', message, since };
    }
    case 'gate':
      return { name: 'pending', reason: 'KeyLimit', message: gateMessage(row.spec?.task), since };
    default:
      return kept ?? { name: 'pending', reason: 'Submitted', message: queuedMessage(row), since };
  }
}

function gateMessage(task: StoredSpec['task']): string {
  const { concurrency, rate } = task ?? {};
  const told = [
    concurrency && `at most ${concurrency.limit} of key ${concurrency.key} run at a time`,
    rate && `at most ${rate.limit} of key ${rate.key} start in ${spoken(rate.perMs)}`,
  ];
  return told.filter((part) => part !== undefined).join('; ');
}

export function queuedMessage({ queue, priority }: { queue: string; priority: number }): string {
  return `queued in ${queue} with priority ${priority}`;
}

/** The current attempt is in the columns; only those before it, and what did not succeed, are written out. */
function attemptsOf(row: TaskRow): readonly AttemptRecord[] {
  const kept = row.attempts ?? [];
  if (row.fence === 0 || row.started_at === null || kept.some(({ number }) => number === row.fence))
    return kept;
  const current: AttemptRecord = {
    number: row.fence,
    agent: row.worker ?? '',
    admittedAt: row.started_at,
    startedAt: row.started_at,
    members: [],
    outputs: [],
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at, outcome: { kind: 'succeeded' } }),
  };
  return [...kept, current];
}
