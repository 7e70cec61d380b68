/**
 * Stores new tasks. Those that stand alone go together into one statement (`submit-tasks.ts`); those that
 * are linked (`link-tasks.ts`) into one transaction. Both accumulate while a write is in flight.
 */
import { Refused } from '../../../core/errors/refused.ts';
import type { Job } from '../../../core/job/job.ts';
import { hasEnded } from '../../../core/job/state.ts';
import { blockedBy, dependencyFailed, gateOf } from '../../../core/job/task.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { Once, Stored, StoredTasks } from '../../../ports/job-store.ts';
import type { Database, Queryable } from '../database.ts';
import { GroupCommit } from '../group-commit.ts';
import { getByUid } from '../jobs/get-by-uid.ts';
import { auditItem } from '../jobs/job-row.ts';
import { resolveSubmission } from '../jobs/resolve-submission.ts';
import { cleanText } from '../json-text.ts';
import { isUid } from '../uid.ts';
import { codeOf, isOneItems } from '../unavailable.ts';
import { applyInside } from './apply-inside.ts';
import { tasksByUid } from './get-tasks.ts';
import { linkDependencies } from './link-dependencies.ts';
import { claimKeys, claimUnique, insertLinked, putGates, unclaim } from './link-tasks.ts';
import { submitTasks } from './submit-tasks.ts';
import type { NewTask } from './task-columns.ts';
import type { TaskNews } from './task-news.ts';
import { nameHolder, uniqueHolder } from './unique-holder.ts';

/** Tells this replica's dispatchers, before other replicas hear of it by the database. */
export interface Hints {
  /** For NOTIFY: this replica, then the queues. */
  text(queues: Iterable<string>): string;
  tell(queues: Iterable<string>): void;
  /** For what is told without NOTIFY in its own commit. */
  readonly news: TaskNews;
}

const MAX_BATCH = 1000;
const MAX_TRIES = 20;
const DEADLOCK = '40P01';
const UNIQUE_VIOLATION = '23505';

export class TaskSubmitter {
  readonly #db: Database;
  readonly #hot: Database;
  readonly #hints: Hints;
  readonly #alone: GroupCommit<NewTask, boolean>;
  readonly #linked: GroupCommit<NewTask, boolean>;

  constructor({ db, hot }: { readonly db: Database; readonly hot: Database }, hints: Hints) {
    this.#db = db;
    this.#hot = hot;
    this.#hints = hints;
    const options = { maxBatch: MAX_BATCH, maxWaiting: 50_000, mayDivide: isOneItems };
    this.#alone = new GroupCommit((tasks) => this.#storeAlone(tasks), { ...options, keysOf: keysOfOnce });
    this.#linked = new GroupCommit((tasks) => this.#storeLinked(tasks), { ...options, keysOf });
  }

  async submit(first: Transition, given?: Once): Promise<Stored> {
    const task = this.#newTask(first, cleaned(given));
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (await this.#store(task)) return { kind: 'stored', job: first.job };
      const explained = await this.#explain(task);
      if (explained) return explained;
    }
    throw new Error(`task ${first.job.uid} could not be stored in ${MAX_TRIES} tries`);
  }

  /** All of them or, when one can not be stored, none. */
  async submitAll(firsts: readonly Transition[], onces: readonly Once[] = []): Promise<StoredTasks> {
    const tasks = firsts.map((first, index) => this.#newTask(first, cleaned(onces[index])));
    try {
      await this.#storeLinked(tasks, true);
      return { kind: 'stored' };
    } catch (error) {
      if (!(error instanceof NotAll)) throw error;
      return this.#explainAll(tasks);
    }
  }

  async #explainAll(tasks: readonly NewTask[]): Promise<StoredTasks> {
    const explained = await Promise.all(tasks.map((task) => this.#explain(task)));
    if (explained.some((one) => one?.kind === 'key-reused')) return { kind: 'key-reused' };
    const jobs = explained.flatMap((one) => (one?.kind === 'repeated' ? [one.job] : []));
    return jobs.length === tasks.length ? { kind: 'repeated', jobs } : { kind: 'taken' };
  }

  #newTask({ job }: Transition, once: Once | undefined): NewTask {
    const { task } = job.spec;
    const after = task?.after.length ?? 0;
    return {
      job,
      blocked: blockedBy(job.spec, after, job.createdAt),
      waits: after,
      linked: after > 0 || (task?.unique !== undefined && task.unique.windowMs === undefined),
      gate: gateOf(job.spec),
      once,
      audit: this.#db.audit.speaker('job.submit'),
    };
  }

  async #store(task: NewTask): Promise<boolean> {
    try {
      return await (isAlone(task) ? this.#alone : this.#linked).add(task);
    } catch (error) {
      const code = codeOf(error);
      if (code === DEADLOCK || code === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }

  async #storeAlone(tasks: readonly NewTask[]): Promise<boolean[]> {
    const queues = queuesOf(tasks);
    const stored = await this.#hot.one(submitTasks, { tasks, now: nowOf(tasks) });
    this.#hints.tell(queues);
    this.#hints.news.more(queues);
    return tasks.map(({ job }) => stored === undefined || stored.has(job.uid));
  }

  /** In a transaction of somebody else's. False when its name or a key of it is taken. */
  async insertInside(on: Queryable, first: Transition): Promise<boolean> {
    return (await this.#insertOn(on, [this.#newTask(first, undefined)], false)).has(first.job.uid);
  }

  /** To be called when that is committed. */
  tellInserted({ job }: Transition): void {
    this.#hints.tell([job.spec.queue]);
  }

  async #storeLinked(tasks: readonly NewTask[], whole = false): Promise<boolean[]> {
    const stored = await this.#db.transaction('BEGIN', (on) => this.#insertOn(on, tasks, whole));
    this.#hints.tell(queuesOf(tasks));
    return tasks.map(({ job }) => stored.has(job.uid));
  }

  /** The uids of those that were stored. @param whole throws when it is not all of them */
  async #insertOn(on: Queryable, tasks: readonly NewTask[], whole: boolean): Promise<ReadonlySet<string>> {
    const claimed = await this.#claim(on, tasks);
    if (whole && claimed.length < tasks.length) throw new NotAll();
    const now = nowOf(tasks);
    const inserted =
      claimed.length === 0
        ? []
        : await on.run(insertLinked, { tasks: claimed, now, hint: this.#hints.text(queuesOf(claimed)) });
    const there = new Set(inserted);
    if (whole && there.size < tasks.length) throw new NotAll();
    const lost = tasks.filter(({ job }) => !there.has(job.uid)).map(({ job }) => job.uid);
    if (lost.length > 0) await on.run(unclaim, lost);
    await this.#link(
      on,
      claimed.filter(({ job }) => there.has(job.uid)),
      now,
    );
    return there;
  }

  /** Those whose keys are theirs. */
  async #claim(on: Queryable, tasks: readonly NewTask[]): Promise<readonly NewTask[]> {
    const keyed = tasks.filter(({ once }) => once);
    const unique = tasks.filter(({ job }) => job.spec.task?.unique);
    const keys = new Set(keyed.length === 0 ? [] : await on.run(claimKeys, keyed));
    const uniques = new Set(unique.length === 0 ? [] : await on.run(claimUnique, unique));
    return tasks.filter(
      ({ job, once }) => (!once || keys.has(job.uid)) && (!job.spec.task?.unique || uniques.has(job.uid)),
    );
  }

  async #link(on: Queryable, tasks: readonly NewTask[], now: number): Promise<void> {
    const gated = tasks.filter(({ gate }) => gate !== undefined);
    if (gated.length > 0) await on.run(putGates, gated);
    const dependents = tasks.filter(({ waits }) => waits > 0).map(({ job }) => job);
    if (dependents.length === 0) return;
    const failed = await linkDependencies(on, dependents);
    const changes = failed.flatMap(({ job, name }) => {
      const decision = dependencyFailed(job, { name, now });
      return decision.kind === 'transition' ? [decision.transition] : [];
    });
    await applyInside(on, changes, { stamp: this.#stamp, hints: this.#hints, now });
  }

  readonly #stamp = (transition: Transition) => this.#db.audit.stamp('job.apply', auditItem(transition));

  /** What stands in its way; undefined when that is gone by now. */
  async #explain({ job, once }: NewTask): Promise<Stored | undefined> {
    const { project, name, uid, spec } = job;
    const claim = { principal: once?.principal ?? null, key: once?.key ?? null, project, name };
    const { key, holder } = (await this.#db.one(resolveSubmission, claim)) ?? {};
    if (key && key.digest !== once?.digest) return { kind: 'key-reused' };
    if (key) return { kind: 'repeated', job: await this.#known(key.uid, job) };
    const unique = spec.task?.unique?.key;
    const other = unique && (await this.#db.one(uniqueHolder, { project, queue: spec.queue, key: unique }));
    if (other && other !== uid) return { kind: 'repeated', job: await this.#known(other, job) };
    const named = name === uid ? undefined : await this.#db.one(nameHolder, { project, name });
    const taken = holder ? await this.#db.one(getByUid, holder) : named && (await this.#task(named));
    return taken && !hasEnded(taken.state) ? { kind: 'name-taken', job: taken } : undefined;
  }

  async #known(uid: string, { project }: Job): Promise<Job> {
    const job = (await this.#task(uid)) ?? (await this.#db.one(getByUid, uid));
    if (!job) throw new Refused('job.not_found', { job: uid, project });
    return job;
  }

  async #task(uid: string): Promise<Job | undefined> {
    return isUid(uid) ? this.#db.one(tasksByUid, [uid]) : undefined;
  }
}

function cleaned(once: Once | undefined): Once | undefined {
  return once && { ...once, principal: cleanText(once.principal) };
}

/** Of a submission of all or none: one of them could not be stored. */
class NotAll extends Error {}

function isAlone({ job, waits, gate }: NewTask): boolean {
  return job.name === job.uid && waits === 0 && gate === undefined && job.spec.task?.unique === undefined;
}

function queuesOf(tasks: readonly NewTask[]): ReadonlySet<string> {
  const queues = new Set<string>();
  for (const { job } of tasks) queues.add(job.spec.queue);
  return queues;
}

function nowOf(tasks: readonly NewTask[]): number {
  let now = 0;
  for (const { job } of tasks) if (job.createdAt > now) now = job.createdAt;
  return now;
}

/** Nothing of them can be the same, but the key. */
function keysOfOnce({ once }: NewTask): readonly string[] {
  return once ? [`${once.principal}\n${once.key}`] : NO_KEYS;
}

const NO_KEYS: readonly string[] = [];

function keysOf(task: NewTask): readonly string[] {
  const { job } = task;
  const unique = job.spec.task?.unique;
  const named = job.name === job.uid ? [] : [`name\n${job.project}\n${job.name}`];
  const held = unique ? [`unique\n${job.project}\n${job.spec.queue}\n${unique.key}`] : [];
  return [...keysOfOnce(task), ...named, ...held];
}
