/** The `JobStore` port over PostgreSQL. */
import type { Job } from '../../../core/job/job.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { JobFilter, JobStore, Once, Stored, StoredTasks } from '../../../ports/job-store.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Database, Queryable } from '../database.ts';
import { cutPage } from '../paging.ts';
import { dueTasks, removeTask, taskByName, tasksByUid, timeOf } from '../tasks/get-tasks.ts';
import { listTasks } from '../tasks/list-tasks.ts';
import { type Hints, TaskSubmitter } from '../tasks/task-submitter.ts';
import { TaskWriter } from '../tasks/task-writer.ts';
import { isUid } from '../uid.ts';
import { dueJobs } from './due-jobs.ts';
import { getByName } from './get-by-name.ts';
import { getByUid } from './get-by-uid.ts';
import { heldBy } from './held-by.ts';
import { JobSubmitter } from './job-submitter.ts';
import { JobWriter } from './job-writer.ts';
import { listJobs } from './list-jobs.ts';
import { removeJob } from './remove-job.ts';

/** Stores a job in a transaction of somebody else's. */
export interface JobsInside {
  /** False when its name or its unique key is taken. */
  insertInside(on: Queryable, first: Transition): Promise<boolean>;
  /** To be called when the transaction is committed. */
  tellInserted(first: Transition): void;
}

export class PostgresJobs implements JobStore, JobsInside {
  readonly #db: Database;
  readonly #writer: JobWriter;
  readonly #submitter: JobSubmitter;
  readonly #taskWriter: TaskWriter;
  readonly #taskSubmitter: TaskSubmitter;

  constructor({ db, hot }: { readonly db: Database; readonly hot: Database }, hints: Hints) {
    this.#db = db;
    this.#writer = new JobWriter(db);
    this.#submitter = new JobSubmitter(db);
    this.#taskWriter = new TaskWriter(db, hints);
    this.#taskSubmitter = new TaskSubmitter({ db, hot }, hints);
  }

  submit(first: Transition, once?: Once): Promise<Stored> {
    return first.job.spec.task
      ? this.#taskSubmitter.submit(first, once)
      : this.#submitter.submit(first, once);
  }

  submitTasks(firsts: readonly Transition[], onces?: readonly Once[]): Promise<StoredTasks> {
    return this.#taskSubmitter.submitAll(firsts, onces);
  }

  insertInside(on: Queryable, first: Transition): Promise<boolean> {
    return (first.job.spec.task ? this.#taskSubmitter : this.#submitter).insertInside(on, first);
  }

  tellInserted(first: Transition): void {
    if (first.job.spec.task) this.#taskSubmitter.tellInserted(first);
  }

  /** A uid is tried first; it may also be the name of a job. */
  async get(project: string, ref: string): Promise<Job | undefined> {
    const byUid = isUid(ref) ? await this.#db.one(getByUid, ref) : undefined;
    if (byUid?.project === project) return byUid;
    const task = isUid(ref) ? await this.#db.one(tasksByUid, [ref]) : undefined;
    if (task?.project === project) return task;
    const [job, named] = await Promise.all([
      this.#db.one(getByName, { project, name: ref }),
      this.#db.one(taskByName, { project, name: ref }),
    ]);
    return latest(job, named);
  }

  async list(filter: JobFilter, { cursor, limit }: Page): Promise<PageOf<Job>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, isListKey);
    const listing = { filter, after, limit: limit + 1 };
    const [jobs, tasks] = await Promise.all([
      filter.handler === undefined ? this.#db.run(listJobs(listing), undefined) : [],
      this.#db.run(listTasks(listing), undefined),
    ]);
    const rows = [...jobs, ...tasks].sort(newestFirst).slice(0, limit + 1);
    return cutPage(rows, limit, (last) => encodeCursor([listTime(last), last.uid]));
  }

  apply(transition: Transition): Promise<Job | undefined> {
    return transition.job.spec.task ? this.#taskWriter.apply(transition) : this.#writer.apply(transition);
  }

  async remove(uid: string): Promise<boolean> {
    if (!isUid(uid)) return false;
    return (await this.#db.one(removeJob, uid)) === true || (await this.#db.one(removeTask, uid)) === true;
  }

  async due(now: number, limit: number): Promise<readonly Job[]> {
    const [jobs, tasks] = await Promise.all([
      this.#db.run(dueJobs, { now, limit }),
      this.#db.run(dueTasks, { now, limit }),
    ]);
    return [...jobs, ...tasks];
  }

  heldBy(agent: string): Promise<readonly Job[]> {
    return this.#db.run(heldBy, agent);
  }
}

/** When a list has it: a task's uid says, and stays when it is redriven. */
function listTime({ uid, createdAt, spec }: Job): number {
  return spec.task ? timeOf(uid) : createdAt;
}

function newestFirst(a: Job, b: Job): number {
  return listTime(b) - listTime(a) || (a.uid < b.uid ? 1 : -1);
}

/** The live one of a name, else the one that ended last. */
function latest(a: Job | undefined, b: Job | undefined): Job | undefined {
  if (!a || !b) return a ?? b;
  return (a.endedAt ?? Infinity) >= (b.endedAt ?? Infinity) ? a : b;
}

type ListKey = readonly [createdAt: number, uid: string];

function isListKey(parts: readonly unknown[]): parts is ListKey {
  const [createdAt, uid] = parts;
  return Number.isSafeInteger(createdAt) && typeof uid === 'string' && isUid(uid);
}
