/** One lease while its handler runs. */
import type { Dependency, Task, TaskContext } from './context.ts';
import type { BatchHandler, Handler } from './handlers.ts';
import type { HandedTask, Lease } from './link/protocol.ts';
import type { Progress } from './link/reports.ts';

/** Whom a run tells: the link, in its thread. */
export interface Outlet {
  finish(lease: Lease, entry: string): void;
  abandon(lease: Lease): void;
  progress(lease: Lease, progress: Progress): void;
  log(lease: Lease, text: string): void;
  resize(concurrency: number): void;
}

export interface Run {
  readonly lease: Lease;
  readonly task: HandedTask;
  readonly handler: Handler | BatchHandler;
  readonly stop: AbortController;
  /** The worker ends it, not the server: nothing is reported, and `bye` returns it to the queue. */
  handedBack: boolean;
  /** The lease is gone while the handler goes on. */
  stuck: boolean;
}

export function aRun(task: HandedTask, handler: Run['handler']): Run {
  const lease = { uid: task.uid, attempt: task.attempt };
  return { lease, task, handler, stop: new AbortController(), handedBack: false, stuck: false };
}

/** An `AbortError`, as functions that take a signal throw it. */
export function asked(run: Run, reason: string): void {
  if (!run.stop.signal.aborted) run.stop.abort(new DOMException(reason, 'AbortError'));
}

export function taskOf(
  { uid, attempt, name, project, queue, handler, labels, timeoutMs }: HandedTask,
  payload: unknown,
): Task {
  return { uid, attempt, name, project, queue, handler, labels: labels ?? {}, payload, timeout: timeoutMs };
}

export function contextOf(run: Run, dependencies: readonly Dependency[], outlet: Outlet): TaskContext {
  const { lease, task, stop } = run;
  return {
    ...lease,
    signal: stop.signal,
    dependencies,
    traceparent: task.traceparent,
    progress(fraction, message) {
      if (fraction !== undefined && !(fraction >= 0 && fraction <= 1)) {
        throw new RangeError(`a fraction is from 0 to 1, not ${fraction}`);
      }
      outlet.progress(lease, { fraction, message });
    },
    log: (...words) => outlet.log(lease, words.map(text).join(' ')),
  };
}

function text(word: unknown): string {
  if (typeof word === 'string') return word;
  if (word instanceof Error) return word.stack ?? word.message;
  try {
    return JSON.stringify(word) ?? String(word);
  } catch {
    return String(word);
  }
}
