/** Capstan's client: submits jobs and tasks, and works on tasks as a warm worker. */
export type * from './api.ts';
export {
  type CallOptions,
  Client,
  type ClientOptions,
  type SubmitOptions,
  type WaitOptions,
} from './client.ts';
export type { Submitted } from './coalescer.ts';
export {
  CapstanError,
  type ErrorFacts,
  NonRetryable,
  TaskCancelled,
  TaskFailed,
  Unreachable,
  WaitTimeout,
  WorkerRefused,
} from './errors.ts';
export type { Retry } from './http/retry.ts';
export { type Duration, type JobItem, type JobRef, type TaskOptions, task } from './options.ts';
export type { ServerOptions } from './server.ts';
export { currentTrace } from './trace.ts';
export type { Dependency, Task, TaskContext } from './worker/context.ts';
export {
  type BatchFunction,
  type BatchHandler,
  type BatchOptions,
  batch,
  type Handler,
  type Handlers,
} from './worker/handlers.ts';
export { type RunOptions, Worker, type WorkerOptions } from './worker/worker.ts';
