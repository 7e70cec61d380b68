/**
 * Stores new jobs. A submission that was not stored is explained by what stands in its way; when
 * that is gone by the time we look, the submission is tried again.
 */
import { Refused } from '../../../core/errors/refused.ts';
import type { Job } from '../../../core/job/job.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { Once, Stored } from '../../../ports/job-store.ts';
import type { AuditStamp } from '../audit/audit-context.ts';
import type { Database, Queryable } from '../database.ts';
import { GroupCommit } from '../group-commit.ts';
import { cleanText } from '../json-text.ts';
import { codeOf, isOneItems } from '../unavailable.ts';
import { getByUid } from './get-by-uid.ts';
import { auditItem, submissionRow } from './job-row.ts';
import { resolveSubmission } from './resolve-submission.ts';
import { submitJobs } from './submit-jobs.ts';

interface Submission {
  readonly first: Transition;
  readonly once?: Once | undefined;
  /** Taken where it is asked for: whom it is recorded under is known only there. */
  readonly audit: AuditStamp;
}

const MAX_BATCH = 500;
/** Each try can only be lost to another submission or ending that succeeded: more means a defect. */
const MAX_TRIES = 20;
const UNIQUE_VIOLATION = '23505';
const DEADLOCK = '40P01';

export class JobSubmitter {
  readonly #db: Database;
  readonly #group: GroupCommit<Submission, boolean>;

  constructor(db: Database) {
    this.#db = db;
    this.#group = new GroupCommit((submissions) => this.#writeAll(submissions), {
      keysOf,
      maxBatch: MAX_BATCH,
      mayDivide: isOneItems,
    });
  }

  async submit(first: Transition, given?: Once): Promise<Stored> {
    const once = given && cleanOnce(given);
    const audit = this.#db.audit.stamp('job.submit', auditItem(first));
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (await this.#store({ first, once, audit })) return { kind: 'stored', job: first.job };
      const explained = await this.#explain(first.job, once);
      if (explained) return explained;
    }
    throw new Error(`job ${first.job.uid} could not be stored in ${MAX_TRIES} tries`);
  }

  /** In a transaction of somebody else's. False when its name is taken. */
  async insertInside(on: Queryable, first: Transition): Promise<boolean> {
    const audit = this.#db.audit.stamp('job.submit', auditItem(first));
    const stored = await on.one(submitJobs, [submissionRow(first, { audit })]);
    return stored?.has(first.job.uid) ?? false;
  }

  /** False also when another transaction stored the same key at the same moment. */
  async #store(submission: Submission): Promise<boolean> {
    try {
      return await this.#group.add(submission);
    } catch (error) {
      if (isLostRace(error)) return false;
      throw error;
    }
  }

  async #writeAll(submissions: readonly Submission[]): Promise<boolean[]> {
    const rows = submissions.map(({ first, ...how }) => submissionRow(first, how));
    const stored = await this.#db.one(submitJobs, rows);
    return submissions.map(({ first }) => stored?.has(first.job.uid) ?? false);
  }

  async #explain(job: Job, once: Once | undefined): Promise<Stored | undefined> {
    const { project, name } = job;
    const claim = { principal: once?.principal ?? null, key: once?.key ?? null, project, name };
    const { key, holder } = (await this.#db.one(resolveSubmission, claim)) ?? {};
    if (key && key.digest !== once?.digest) return { kind: 'key-reused' };
    if (key) return { kind: 'repeated', job: await this.#submitted(key.uid, job) };
    if (holder === undefined) return undefined;
    const taken = await this.#db.one(getByUid, holder);
    return taken && { kind: 'name-taken', job: taken };
  }

  /** Running it a second time is what the key is there to prevent, even when its record is removed. */
  async #submitted(uid: string, { project, name }: Job): Promise<Job> {
    const job = await this.#db.one(getByUid, uid);
    if (!job) throw new Refused('job.not_found', { job: name, project });
    return job;
  }
}

/** Two of one name or one key in a batch would only fail it. */
function keysOf({ first, once }: Submission): string[] {
  const { project, name } = first.job;
  const keys = [JSON.stringify(['name', project, name])];
  return once ? [...keys, JSON.stringify(['key', once.principal, once.key])] : keys;
}

function cleanOnce({ principal, key, digest }: Once): Once {
  return { principal: cleanText(principal), key: cleanText(key), digest: cleanText(digest) };
}

function isLostRace(error: unknown): boolean {
  const code = codeOf(error);
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  return code === DEADLOCK || (code === UNIQUE_VIOLATION && constraint === 'idempotency_key_pkey');
}
