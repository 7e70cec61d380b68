/** Runs handlers for the leases that the link is granted, and tells it what they come to. */
import { withTrace } from '../trace.ts';
import { Batcher } from './batcher.ts';
import type { Task, TaskContext } from './context.ts';
import type { BatchHandler, Handler, Handlers } from './handlers.ts';
import { entry, type HandedTask, keyOf, type Lease, type StopOrder } from './link/protocol.ts';
import { encoded, taskError, WrongBatch } from './outcome.ts';
import { aRun, asked, contextOf, type Outlet, type Run, taskOf } from './run.ts';
import type { Values } from './values.ts';

export interface RunningOptions {
  readonly handlers: Handlers;
  readonly concurrency: number;
  readonly outlet: Outlet;
  readonly values: Values;
  readonly onDeaf: (handler: string) => void;
}

interface Ready {
  readonly run: Run;
  readonly task: Task;
  readonly context: TaskContext;
}

export class Running {
  readonly #with: RunningOptions;
  readonly #runs = new Map<string, Run>();
  readonly #batchers = new Map<string, Batcher<Run>>();
  readonly #quiet = new Set<() => void>();
  #stuck = 0;

  constructor(options: RunningOptions) {
    this.#with = options;
    for (const [name, handler] of Object.entries(options.handlers)) {
      if (typeof handler === 'function') continue;
      this.#batchers.set(name, new Batcher(handler, (runs) => this.#batch(name, handler, runs)));
    }
  }

  get isBusy(): boolean {
    return this.#runs.size > 0;
  }

  start(tasks: readonly HandedTask[]): void {
    for (const task of tasks) this.#start(task);
  }

  /** The handler is asked to end; after the grace its lease is gone. */
  stop({ reason, graceMs, ...lease }: StopOrder): void {
    const run = this.#runs.get(keyOf(lease));
    if (!run) return;
    this.#ask(run, reason);
    setTimeout(() => {
      if (this.#abandon(run)) this.#with.onDeaf(run.task.handler);
    }, graceMs).unref();
  }

  /** They are somebody else's: their handlers end, and nothing is reported. */
  lose(leases: readonly Lease[]): void {
    for (const lease of leases) {
      const run = this.#runs.get(keyOf(lease));
      if (!run) continue;
      this.#ask(run, 'the lease is lost');
      this.#abandon(run);
    }
  }

  /** The worker ends: what runs is handed back. */
  handBack(reason: string): void {
    for (const run of [...this.#runs.values()]) {
      run.handedBack = true;
      this.#ask(run, reason);
    }
  }

  /** When no handler runs, or after so many milliseconds. */
  async ended(ms: number): Promise<void> {
    if (this.#runs.size === 0) return;
    await new Promise<void>((resolve) => {
      const over = () => {
        clearTimeout(timer);
        this.#quiet.delete(over);
        resolve();
      };
      const timer = setTimeout(over, ms);
      this.#quiet.add(over);
    });
  }

  #start(task: HandedTask): void {
    const handler = Object.hasOwn(this.#with.handlers, task.handler)
      ? this.#with.handlers[task.handler]
      : undefined;
    if (!handler) {
      const error = taskError(new Error(`this worker has no handler ${task.handler}`));
      this.#with.outlet.finish(task, entry.failed(task, error));
      return;
    }
    // A later attempt of a task that runs here: the earlier one is lost.
    this.lose(
      [...this.#runs.values()].filter(({ lease }) => lease.uid === task.uid).map(({ lease }) => lease),
    );
    const run = aRun(task, handler);
    this.#runs.set(keyOf(run.lease), run);
    if (typeof handler === 'function') void this.#single(handler, run);
    else this.#batchers.get(task.handler)?.add(run);
  }

  async #single(handler: Handler, run: Run): Promise<void> {
    this.#end(
      run,
      await this.#settled(run, async () => {
        const { task, context } = await this.#ready(run);
        const value = await withTrace(run.task.traceparent, () => handler(task, context));
        return this.#entry(run, value);
      }),
    );
  }

  async #batch(name: string, handler: BatchHandler, runs: readonly Run[]): Promise<void> {
    const ready = (await Promise.all(runs.map((run) => this.#readyOrEnded(run)))).flatMap((one) => one ?? []);
    if (ready.length === 0) return;
    const values = await this.#batchValues(name, handler, ready);
    await Promise.all(
      ready.map(async ({ run }, index) => {
        const value = values[index];
        this.#end(
          run,
          await this.#settled(run, () => {
            if (value instanceof Error) throw value;
            return this.#entry(run, value);
          }),
        );
      }),
    );
  }

  /** For each the result, or the error. */
  async #batchValues(
    name: string,
    handler: BatchHandler,
    ready: readonly Ready[],
  ): Promise<readonly unknown[]> {
    try {
      const [tasks, contexts] = [ready.map(({ task }) => task), ready.map(({ context }) => context)];
      // Of several traces none is that of the call.
      const values = await withTrace(undefined, () => handler.handle(tasks, contexts));
      if (Array.isArray(values) && values.length === ready.length) return values;
      const got = Array.isArray(values) ? `${values.length} results` : typeof values;
      throw new WrongBatch(`${name} returned ${got} for ${ready.length} tasks`);
    } catch (error) {
      const thrown = error instanceof Error ? error : new Error(String(error));
      return ready.map(() => thrown);
    }
  }

  async #readyOrEnded(run: Run): Promise<Ready | undefined> {
    let ready: Ready | undefined;
    const failed = await this.#settled(run, async () => {
      ready = await this.#ready(run);
      return '';
    });
    if (!ready) this.#end(run, failed);
    return ready;
  }

  async #ready(run: Run): Promise<Ready> {
    const { values, outlet } = this.#with;
    const { signal } = run.stop;
    const { payloadPath, dependencies, payload } = run.task;
    // Without a wait where nothing is fetched: handlers start in the order of their tasks.
    if (payloadPath === undefined && dependencies === undefined) {
      return { run, task: taskOf(run.task, payload), context: contextOf(run, [], outlet) };
    }
    const [given, others] = await Promise.all([
      values.payload(run.task, signal),
      values.dependencies(run.task, signal),
    ]);
    return { run, task: taskOf(run.task, given), context: contextOf(run, others, outlet) };
  }

  #entry(run: Run, value: unknown): Promise<string> {
    return this.#with.values.entry(run.lease, encoded(value), run.stop.signal);
  }

  /** The entry of `done`, whatever it came to. */
  async #settled(run: Run, work: () => Promise<string>): Promise<string> {
    try {
      return await work();
    } catch (error) {
      return entry.failed(run.lease, taskError(error));
    }
  }

  #ask(run: Run, reason: string): void {
    asked(run, reason);
    const waited = typeof run.handler !== 'function' && this.#batchers.get(run.task.handler)?.remove(run);
    if (waited) this.#end(run, '');
  }

  /** The lease is gone, whatever the handler does. @returns whether it still ran */
  #abandon(run: Run): boolean {
    if (this.#runs.get(keyOf(run.lease)) !== run) return false;
    this.#with.outlet.abandon(run.lease);
    run.stuck = true;
    this.#stuck += 1;
    this.#resize();
    this.#forget(run);
    return true;
  }

  /** A handler that was asked to stop has stopped, whatever it returned or threw. */
  #end(run: Run, report: string): void {
    if (run.stuck) {
      run.stuck = false;
      this.#stuck -= 1;
      this.#resize();
    }
    if (this.#runs.get(keyOf(run.lease)) !== run) return;
    const stopped = run.stop.signal.aborted;
    if (!run.handedBack) this.#with.outlet.finish(run.lease, stopped ? entry.stopped(run.lease) : report);
    this.#forget(run);
  }

  #forget(run: Run): void {
    this.#runs.delete(keyOf(run.lease));
    if (this.#runs.size === 0) for (const over of [...this.#quiet]) over();
  }

  /** What goes on without a lease takes the place of a task. */
  #resize(): void {
    this.#with.outlet.resize(Math.max(0, this.#with.concurrency - this.#stuck));
  }
}
