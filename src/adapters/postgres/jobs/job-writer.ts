/** Writes transitions of jobs, many in one statement when many come at once. */
import { Refused } from '../../../core/errors/refused.ts';
import type { Job } from '../../../core/job/job.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { Database } from '../database.ts';
import { GroupCommit } from '../group-commit.ts';
import { codeOf, isOneItems } from '../unavailable.ts';
import { applyTransitions } from './apply-transitions.ts';
import { getByName } from './get-by-name.ts';
import { auditItem, transitionRow } from './job-row.ts';
import { reviveJob } from './revive-job.ts';

const MAX_BATCH = 500;
const UNIQUE_VIOLATION = '23505';

/** Made where it is asked for: whom it is recorded under is known only there. */
interface Writing {
  readonly uid: string;
  readonly row: string;
}

export class JobWriter {
  readonly #db: Database;
  readonly #group: GroupCommit<Writing, boolean>;

  constructor(db: Database) {
    this.#db = db;
    this.#group = new GroupCommit((writings) => this.#writeAll(writings), {
      keysOf: ({ uid }) => [uid],
      maxBatch: MAX_BATCH,
      mayDivide: isOneItems,
    });
  }

  async apply(transition: Transition): Promise<Job | undefined> {
    const { job } = transition;
    const row = transitionRow(transition, this.#db.audit.stamp('job.apply', auditItem(transition)));
    if (await this.#group.add({ uid: job.uid, row })) return job;
    // Only a dead letter comes back, and only as pending.
    if (job.state.name !== 'pending') return undefined;
    return (await this.#revive(transition, row)) ? job : undefined;
  }

  async #writeAll(writings: readonly Writing[]): Promise<boolean[]> {
    const rows = writings.map(({ row }) => row);
    const applied = await this.#db.one(applyTransitions, rows);
    return writings.map(({ uid }) => applied?.has(uid) ?? false);
  }

  async #revive({ job: { uid, project, name } }: Transition, row: string): Promise<boolean> {
    try {
      const applied = await this.#db.one(reviveJob, row);
      return applied?.has(uid) ?? false;
    } catch (error) {
      if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
      const holder = await this.#db.one(getByName, { project, name });
      const state = holder?.state.name ?? 'pending';
      throw new Refused('job.name_taken', { job: name, project, state }, { cause: error });
    }
  }
}
