/** What a worker can do: functions by the names under which it announces them. */
import type { Task, TaskContext } from './context.ts';

/** What it returns, any JSON, is the result; what it throws is the error (`NonRetryable`: for good). */
// A method, so that a handler may name the type of its own payload.
export type Handler = { handle(task: Task, context: TaskContext): unknown }['handle'];

/** Returns one result for each task, in their order; one that is an `Error` fails its own task alone. */
export type BatchFunction = {
  handle(tasks: Task[], contexts: readonly TaskContext[]): readonly unknown[] | Promise<readonly unknown[]>;
}['handle'];

export interface BatchOptions {
  /** Tasks of one call at most. */
  readonly size: number;
  /** How long the first of a batch waits for others, milliseconds. */
  readonly within: number;
  /** Calls at a time. Default 1: while one runs, the next fills. */
  readonly parallel?: number | undefined;
}

export interface BatchHandler extends Required<BatchOptions> {
  readonly handle: BatchFunction;
}

export type Handlers = Readonly<Record<string, Handler | BatchHandler>>;

/** A handler that is called with many tasks at once. @throws TypeError for a size or a time that makes no sense */
export function batch(handle: BatchFunction, { size, within, parallel = 1 }: BatchOptions): BatchHandler {
  if (
    !(Number.isInteger(size) && size >= 1) ||
    !(within >= 0) ||
    !(Number.isInteger(parallel) && parallel >= 1)
  ) {
    throw new TypeError('size and parallel are whole and at least 1, within is at least 0 ms');
  }
  return { handle, size, within, parallel };
}

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?$/;

/** @throws TypeError for what can not be announced */
export function checkHandlers(handlers: Handlers): void {
  const names = Object.keys(handlers);
  if (names.length === 0) throw new TypeError('a worker without handlers has nothing to do');
  const bad = names.find((name) => !NAME.test(name));
  if (bad !== undefined) {
    throw new TypeError(`"${bad}" is no name of a handler: up to 128 letters, digits, ".", "_", "-" and "/"`);
  }
}

/** Room for two of the largest batch, so that the next fills while one runs; else a few for each core. */
export function defaultConcurrency(handlers: Handlers, cores: number): number {
  const sizes = Object.values(handlers).map((one) =>
    typeof one === 'function' ? 0 : one.size * one.parallel,
  );
  return Math.min(10_000, Math.max(cores * 4, ...sizes.map((size) => size * 2)));
}
