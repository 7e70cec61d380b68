/** The closed vocabulary of what handlers do, and what was seen of them. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type BatchHandler,
  batch,
  type Handler,
  NonRetryable,
  type Task,
  type TaskContext,
} from '../../src/index.ts';
import { type HandlerSpec, ms } from './list.ts';

export interface Seen {
  /** Sizes of the calls, by handler. */
  readonly batches: Map<string, number[]>;
  /** Uids of tasks whose handler saw its stop signal. */
  readonly stopped: Set<string>;
  /** Uids of tasks whose handler was called. */
  readonly entered: Set<string>;
}

/** @throws Error for a word that is not known */
export function handlerOf(spec: HandlerSpec, name: string, seen: Seen): Handler | BatchHandler {
  if (spec.do.startsWith('batch-')) return batchHandlerOf(spec, name, seen);
  const does = DOES[spec.do];
  if (!does) throw new Error(`no handler does "${spec.do}"`);
  return async (task, context) => {
    context.signal.addEventListener('abort', () => seen.stopped.add(task.uid), { once: true });
    seen.entered.add(task.uid);
    return does(spec, task, context);
  };
}

type Does = (spec: HandlerSpec, task: Task, context: TaskContext) => unknown;

const xs = (length: number) => ({ text: 'x'.repeat(length) });
const results = (context: TaskContext) => context.dependencies.map(({ result }) => result);

function untilStopped({ signal }: TaskContext): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const DOES: Readonly<Record<string, Does>> = {
  echo: (_, { payload }) => payload,
  nothing: () => undefined,
  'no-json': () => 10n,
  fail({ times, type, message }, { attempt }) {
    if (attempt > Number(times)) return attempt;
    throw new (named(String(type)))(String(message));
  },
  refuse({ message }) {
    throw new NonRetryable(String(message));
  },
  async 'wait-until-stopped'({ attempts = Number.POSITIVE_INFINITY }, { attempt, payload }, context) {
    if (attempt > Number(attempts)) return payload;
    await untilStopped(context);
    return undefined;
  },
  async sleep(spec, { payload }) {
    await pause(ms(spec.for));
    return payload;
  },
  block(spec, { payload }) {
    const end = performance.now() + ms(spec.for);
    while (performance.now() < end);
    return payload;
  },
  async progress({ steps, then }, _task, context) {
    for (const [fraction, message] of steps as [number, string][]) context.progress(fraction, message);
    if (then === 'wait-until-stopped') await untilStopped(context);
  },
  log({ lines }, _task, context) {
    for (const line of lines as string[]) context.log(line);
  },
  length: (_, { payload }) => (payload as { text: string }).text.length,
  text: (_, { payload }) => xs(Number(payload)),
  facts: (_, { attempt, project, queue, labels }, { traceparent }) => ({
    attempt,
    project,
    queue,
    labels,
    traceparent,
  }),
  sum: (_, _task, context) => (results(context) as number[]).reduce((sum, one) => sum + one, 0),
  lengths: (_, _task, context) => (results(context) as { text: string }[]).map(({ text }) => text.length),
  states: (_, _task, context) => context.dependencies.map(({ state }) => state),
};

/** A class of that name, as a program of its own would have it. */
function named(type: string): new (message: string) => Error {
  return { [type]: class extends Error {} }[type] as new (
    message: string,
  ) => Error;
}

const DOES_TO_MANY: Readonly<Record<string, (spec: HandlerSpec, payloads: number[]) => unknown[]>> = {
  'batch-double': (_, payloads) => payloads.map((payload) => payload * 2),
  'batch-refuse-odd': (_, payloads) =>
    payloads.map((payload) => (payload % 2 === 0 ? payload : new NonRetryable(`${payload} is odd`))),
  'batch-fail': ({ message }) => {
    throw new Error(String(message));
  },
};

function batchHandlerOf(spec: HandlerSpec, name: string, seen: Seen): BatchHandler {
  const does = DOES_TO_MANY[spec.do];
  if (!does) throw new Error(`no handler does "${spec.do}"`);
  const handle = (tasks: Task[]) => {
    seen.batches.set(name, [...(seen.batches.get(name) ?? []), tasks.length]);
    return does(
      spec,
      tasks.map(({ payload }) => payload as number),
    );
  };
  return batch(handle, { size: Number(spec.size), within: ms(spec.within) });
}
