/** The `JobStore` port over PostgreSQL. */
import type { Job } from '../../../core/job/job.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { JobFilter, JobStore, Once, Stored } from '../../../ports/job-store.ts';
import type { Page, PageOf } from '../../../ports/page.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Database } from '../database.ts';
import { cutPage } from '../paging.ts';
import { isUid } from '../uid.ts';
import { dueJobs } from './due-jobs.ts';
import { getByName } from './get-by-name.ts';
import { getByUid } from './get-by-uid.ts';
import { heldBy } from './held-by.ts';
import { JobSubmitter } from './job-submitter.ts';
import { JobWriter } from './job-writer.ts';
import { listJobs } from './list-jobs.ts';
import { removeJob } from './remove-job.ts';

export class PostgresJobs implements JobStore {
  readonly #db: Database;
  readonly #writer: JobWriter;
  readonly #submitter: JobSubmitter;

  constructor(db: Database) {
    this.#db = db;
    this.#writer = new JobWriter(db);
    this.#submitter = new JobSubmitter(db);
  }

  submit(first: Transition, once?: Once): Promise<Stored> {
    return this.#submitter.submit(first, once);
  }

  /** A uid is tried first; it may also be the name of a job. */
  async get(project: string, ref: string): Promise<Job | undefined> {
    const byUid = isUid(ref) ? await this.#db.one(getByUid, ref) : undefined;
    if (byUid?.project === project) return byUid;
    return this.#db.one(getByName, { project, name: ref });
  }

  async list(filter: JobFilter, { cursor, limit }: Page): Promise<PageOf<Job>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, isListKey);
    const rows = await this.#db.run(listJobs({ filter, after, limit: limit + 1 }), undefined);
    return cutPage(rows, limit, (last) => encodeCursor([last.createdAt, last.uid]));
  }

  apply(transition: Transition): Promise<Job | undefined> {
    return this.#writer.apply(transition);
  }

  async remove(uid: string): Promise<boolean> {
    return isUid(uid) && (await this.#db.one(removeJob, uid)) === true;
  }

  due(now: number, limit: number): Promise<readonly Job[]> {
    return this.#db.run(dueJobs, { now, limit });
  }

  heldBy(agent: string): Promise<readonly Job[]> {
    return this.#db.run(heldBy, agent);
  }
}

type ListKey = readonly [createdAt: number, uid: string];

function isListKey(parts: readonly unknown[]): parts is ListKey {
  const [createdAt, uid] = parts;
  return Number.isSafeInteger(createdAt) && typeof uid === 'string' && isUid(uid);
}
