/** Writes transitions of jobs, many in one statement when many come at once. */
import { Refused } from '../../../core/errors/refused.ts';
import type { Job } from '../../../core/job/job.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { Database } from '../database.ts';
import { GroupCommit } from '../group-commit.ts';
import { codeOf } from '../unavailable.ts';
import { applyTransitions } from './apply-transitions.ts';
import { getByName } from './get-by-name.ts';
import { transitionRow } from './job-row.ts';
import { reviveJob } from './revive-job.ts';

const MAX_BATCH = 500;
const UNIQUE_VIOLATION = '23505';

export class JobWriter {
  readonly #db: Database;
  readonly #group: GroupCommit<Transition, boolean>;

  constructor(db: Database) {
    this.#db = db;
    this.#group = new GroupCommit((transitions) => this.#writeAll(transitions), {
      keysOf: ({ job }) => [job.uid],
      maxBatch: MAX_BATCH,
      mayDivide: (error) => codeOf(error) !== undefined && !(error instanceof Refused),
    });
  }

  async apply(transition: Transition): Promise<Job | undefined> {
    const { job } = transition;
    if (await this.#group.add(transition)) return job;
    // Only a dead letter comes back, and only as pending.
    if (job.state.name !== 'pending') return undefined;
    return (await this.#revive(transition)) ? job : undefined;
  }

  async #writeAll(transitions: readonly Transition[]): Promise<boolean[]> {
    const applied = await this.#db.one(applyTransitions, transitions.map(transitionRow));
    return transitions.map(({ job }) => applied?.has(job.uid) ?? false);
  }

  async #revive(transition: Transition): Promise<boolean> {
    const { uid, project, name } = transition.job;
    try {
      const applied = await this.#db.one(reviveJob, transitionRow(transition));
      return applied?.has(uid) ?? false;
    } catch (error) {
      if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
      const holder = await this.#db.one(getByName, { project, name });
      const state = holder?.state.name ?? 'pending';
      throw new Refused('job.name_taken', { job: name, project, state }, { cause: error });
    }
  }
}
