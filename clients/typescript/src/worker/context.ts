/** What a handler is given. */

/** A task that another waited for; `result` is null unless it succeeded. */
export interface Dependency<R = unknown> {
  readonly uid: string;
  readonly name: string;
  readonly state: string;
  readonly result: R;
}

export interface Task<P = unknown> {
  readonly uid: string;
  readonly attempt: number;
  readonly name: string;
  readonly project: string;
  readonly queue: string;
  readonly handler: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly payload: P;
  /** Of this attempt, milliseconds. */
  readonly timeout: number | undefined;
}

/** One attempt. Make effects idempotent by `uid`: a handler can run twice when its worker was cut off for longer than a lease. */
export interface TaskContext {
  readonly uid: string;
  readonly attempt: number;
  /** Aborted when the handler is to end: cancelled, timed out, preempted, lost, or the worker ends. Its reason says which. */
  readonly signal: AbortSignal;
  /** What the tasks of `after` came to, in their order. */
  readonly dependencies: readonly Dependency[];
  /** W3C trace context of whoever submitted the task; a `Client` within the handler passes it on. */
  readonly traceparent: string | undefined;
  /** Shown with the task, a few times a second at most. @param fraction from 0 to 1 @throws RangeError */
  progress(fraction?: number, message?: string): void;
  /** A line of the task's log. Of too many a second some are dropped, and the log says how many. */
  log(...words: unknown[]): void;
}
