/**
 * The states of a job as a discriminated union. `docs/job-states.md` draws them; a test holds the
 * drawing to `TRANSITIONS`.
 */

/** Why a job that could be admitted is not. */
export type PendingReason =
  | 'Submitted' // the next cycle will look at it
  | 'StartAfter'
  | 'QuotaExceeded'
  | 'RunningLimit'
  | 'InsufficientCapacity'
  | 'NeverFits' // larger than any machine or quota as they are now
  | 'NoAgent' // nothing is connected that could run it
  | 'BehindHigherRank'
  | 'WaitsForStops' // others are being stopped, and the room is kept for it
  | 'QueuePaused'
  | 'QueueDraining'
  | 'QueueMissing'
  | 'NotGranted'
  | 'Preempted'
  | 'AttemptLost'
  | 'RetryDue'
  | 'Resumed'
  | 'Redriven'
  | 'WaitsForTasks' // a task: others that it depends on have not ended
  | 'KeyLimit' // a task: as many of its key run, or have started, as may
  | 'WorkersBusy' // a task: ready, and every worker of its handler is busy
  | 'NoWorker'; // a task: no worker that is connected serves its handler

interface Held {
  /** The attempt whose processes may live: quota and capacity are held until they are known to be gone. */
  readonly attempt: number;
  readonly agent: string;
}

interface Explained {
  readonly reason: string;
  readonly message: string;
  readonly since: number;
}

/** Where a job goes when the last process of the attempt is gone. */
export type StopTarget = 'backoff' | 'pending' | 'suspended' | 'cancelled' | 'failed';

export type JobState =
  | ({ readonly name: 'pending'; readonly reason: PendingReason } & Omit<Explained, 'reason'>)
  | ({ readonly name: 'admitted' } & Held & Explained)
  | ({ readonly name: 'running' } & Held & Explained)
  | ({ readonly name: 'unreachable'; readonly was: 'admitted' | 'running' } & Held & Explained)
  | ({ readonly name: 'stopping'; readonly to: StopTarget } & Held & Explained)
  | ({ readonly name: 'backoff'; readonly until: number } & Explained)
  | ({ readonly name: 'suspended' } & Explained)
  | ({ readonly name: 'succeeded' } & Explained)
  | ({ readonly name: 'failed' } & Explained)
  | ({ readonly name: 'cancelled' } & Explained);

export type StateName = JobState['name'];

export const STATE_NAMES = [
  'pending',
  'admitted',
  'running',
  'unreachable',
  'stopping',
  'backoff',
  'suspended',
  'succeeded',
  'failed',
  'cancelled',
] as const satisfies readonly StateName[];

/** Every arrow there is. A transition that is not listed here is refused by `transition()`. */
export const TRANSITIONS: Readonly<Record<StateName, readonly StateName[]>> = {
  // A task is handed to a worker that waits for it: it runs at once.
  pending: ['admitted', 'running', 'suspended', 'cancelled', 'failed'],
  admitted: ['running', 'unreachable', 'stopping', 'succeeded', 'failed', 'backoff', 'pending'],
  running: ['unreachable', 'stopping', 'succeeded', 'failed', 'backoff', 'pending'],
  unreachable: ['admitted', 'running', 'stopping', 'succeeded', 'failed', 'backoff', 'pending'],
  stopping: ['backoff', 'pending', 'suspended', 'cancelled', 'failed', 'succeeded'],
  backoff: ['pending', 'suspended', 'cancelled', 'failed'],
  suspended: ['pending', 'cancelled', 'failed'],
  succeeded: [],
  failed: ['pending'],
  cancelled: [],
};

export type TerminalState = Extract<JobState, { name: 'succeeded' | 'failed' | 'cancelled' }>;
export type HoldingState = Extract<JobState, { attempt: number }>;

export function hasEnded(state: JobState): state is TerminalState {
  return TERMINAL.has(state.name);
}

/** Whether a process of the job may live, and quota is therefore held (invariant 3). */
export function holdsProcesses(state: JobState): state is HoldingState {
  return 'attempt' in state;
}

export const TERMINAL: ReadonlySet<StateName> = new Set(['succeeded', 'failed', 'cancelled']);
