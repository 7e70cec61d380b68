/**
 * Where tasks are handed out and taken back, many at once. Whatever else becomes of a task (a failure, a
 * cancel, a deadline) is a transition of a job, and goes through `JobStore`.
 */
import type { AuditEntry } from '../core/audit/record.ts';
import type { Job, TaskProgress } from '../core/job/job.ts';
import type { Gate, GateOpening } from '../core/scheduling/gates.ts';

/** One lease: an attempt of a task, held by a worker's session. */
export interface LeaseRef {
  readonly uid: string;
  readonly attempt: number;
}

export interface TaskSuccess extends LeaseRef {
  readonly worker: string;
  /** JSON; absent when it lies with the blobs. */
  readonly result?: string | undefined;
  readonly resultBytes?: number | undefined;
  /** Who says so. */
  readonly by: AuditEntry;
}

/** Tasks of one order: a queue's, for one handler, of one fair key. */
export interface Lane {
  readonly queue: string;
  readonly handler: string;
  readonly fairKey: string;
}

/** What workers that are alike have room for, of one lane. */
export interface LaneDemand extends Lane {
  readonly profile: number;
  readonly want: number;
}

/** Room for one task. */
export interface Slot {
  readonly profile: number;
  /** The session that gets it. */
  readonly worker: string;
  readonly by: AuditEntry;
}

export interface LeasedTask extends Lane {
  readonly uid: string;
  readonly attempt: number;
  readonly name: string;
  readonly project: string;
  /** Session of the worker that holds it. */
  readonly worker: string;
  /** JSON; absent when it lies with the blobs. */
  readonly payload?: string | undefined;
  readonly payloadBytes?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly traceparent?: string | undefined;
  /** It depends on others, and is to be given their results. */
  readonly dependent: boolean;
}

export interface TurnOutcome {
  /** Of what was done: the uids whose completion this turn recorded. The others are linked to other tasks, or stale. */
  readonly recorded: ReadonlySet<string>;
  readonly leased: readonly LeasedTask[];
}

export interface TurnRequest {
  readonly done: readonly TaskSuccess[];
  readonly demands: readonly LaneDemand[];
  readonly slots: readonly Slot[];
  readonly now: number;
}

export interface TaskStore {
  turn(request: TurnRequest): Promise<TurnOutcome>;
  /** Lanes of these queues that have something ready, at most `limit`, from the lane after `from` on and around. */
  lanes(
    queues: readonly string[],
    page: { from?: Lane | undefined; limit: number },
  ): Promise<readonly Lane[]>;
  /** Tasks by uid, live or ended; what is not known is left out. */
  jobs(uids: readonly string[]): Promise<readonly Job[]>;
  /** Tasks whose delay is over become ready (or wait for what else blocks them); their queues. */
  wake(now: number, limit: number): Promise<{ readonly count: number; readonly queues: readonly string[] }>;
  /** Progress and log lines; what belongs to no current lease is dropped. */
  report(items: readonly TaskNote[], now: number): Promise<void>;
  /** What tasks waited for, by their uids. @param only of those, this one */
  dependencies(uids: readonly string[], only?: string): Promise<ReadonlyMap<string, readonly Job[]>>;
  logs(uid: string, after: LogPlace, limit: number): Promise<readonly TaskLogLine[]>;
}

export interface TaskNote extends LeaseRef {
  readonly worker: string;
  readonly progress?: TaskProgress | undefined;
  readonly lines?: readonly string[] | undefined;
}

export interface LogPlace {
  readonly attempt: number;
  readonly seq: number;
}

export interface TaskLogLine extends LogPlace {
  readonly at: number;
  readonly lines: readonly string[];
}

/** Limits by key: what waits at them, and what is let through. Written by who holds the scheduling lease. */
export interface GateStore {
  /** Gates that something waits at, at most `limit`, after one in their order. */
  waiting(after: { queue: string; gate: string } | undefined, limit: number): Promise<readonly Gate[]>;
  /** Returns the queues in which something became ready. */
  open(openings: readonly GateOpening[], now: number): Promise<readonly string[]>;
}

/** Slices: how many tasks each queue may have leased at a time. */
export interface SliceStore {
  /** Under the scheduling lease's epoch; false when it is no longer held. */
  grant(
    lease: { readonly holder: string; readonly epoch: number },
    slices: readonly TaskSlice[],
    now: number,
  ): Promise<boolean>;
  all(): Promise<readonly TaskSlice[]>;
}

export interface TaskSlice {
  readonly queue: string;
  /** Null: not limited. */
  readonly slots: number | null;
}
