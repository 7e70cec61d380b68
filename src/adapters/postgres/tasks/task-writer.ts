/** Writes transitions of tasks, many in one transaction when many come at once. */
import { Refused } from '../../../core/errors/refused.ts';
import type { Job } from '../../../core/job/job.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { Database } from '../database.ts';
import { GroupCommit } from '../group-commit.ts';
import { auditItem } from '../jobs/job-row.ts';
import { codeOf, isOneItems } from '../unavailable.ts';
import { applyInside } from './apply-inside.ts';
import { reviveTask, type TaskChange, taskChangeRow } from './apply-tasks.ts';
import { linkDependencies } from './link-dependencies.ts';
import type { Hints } from './task-submitter.ts';

const UNIQUE_VIOLATION = '23505';
const MAX_BATCH = 500;

export class TaskWriter {
  readonly #db: Database;
  readonly #hints: Hints;
  readonly #group: GroupCommit<TaskChange, boolean>;

  constructor(db: Database, hints: Hints) {
    this.#db = db;
    this.#hints = hints;
    this.#group = new GroupCommit((writings) => this.#writeAll(writings), {
      keysOf: ({ transition }) => [transition.job.uid],
      maxBatch: MAX_BATCH,
      mayDivide: isOneItems,
    });
  }

  async apply(transition: Transition): Promise<Job | undefined> {
    const { job } = transition;
    const audit = this.#db.audit.stamp('job.apply', auditItem(transition));
    if (await this.#group.add({ transition, audit })) return job;
    if (job.state.name !== 'pending') return undefined;
    return (await this.#revive({ transition, audit })) ? job : undefined;
  }

  async #writeAll(writings: readonly TaskChange[]): Promise<boolean[]> {
    const stamps = new Map(writings.map(({ transition, audit }) => [transition.job.uid, audit]));
    const transitions = writings.map(({ transition }) => transition);
    const by = {
      stamp: (of: Transition) => stamps.get(of.job.uid) ?? this.#db.audit.stamp('job.apply', auditItem(of)),
      hints: this.#hints,
      now: Math.max(...transitions.map(({ job }) => job.updatedAt)),
    };
    const applied = await this.#db.transaction('BEGIN', (on) => applyInside(on, transitions, by));
    this.#hints.tell(applied.queues);
    return writings.map(({ transition }) => applied.uids.has(transition.job.uid));
  }

  /** Only a dead letter comes back, and only as pending; what it waits for is looked up anew. */
  async #revive(change: TaskChange): Promise<boolean> {
    const { job } = change.transition;
    const row = taskChangeRow(change);
    try {
      return await this.#db.transaction('BEGIN', async (on) => {
        const changed = await on.one(reviveTask, { rows: [row], hint: this.#hints.text([job.spec.queue]) });
        if (!changed?.uids.has(job.uid)) return false;
        if ((job.spec.task?.after.length ?? 0) > 0) await linkDependencies(on, [job]);
        return true;
      });
    } catch (error) {
      if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
      const { name, project } = job;
      throw new Refused('job.name_taken', { job: name, project, state: 'pending' }, { cause: error });
    } finally {
      this.#hints.tell([job.spec.queue]);
    }
  }
}
