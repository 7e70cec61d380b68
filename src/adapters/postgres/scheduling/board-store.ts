/** The `BoardStore` port over PostgreSQL. */
import type { HoldingJob, PendingJob, Snapshot } from '../../../core/scheduling/snapshot.ts';
import type { KeptUse } from '../../../core/scheduling/uses.ts';
import type { BoardStore, ScheduledRest, SchedulerLease } from '../../../ports/scheduler-store.ts';
import type { Database } from '../database.ts';
import { listFlavors } from '../flavors/list-flavors.ts';
import { isUid } from '../uid.ts';
import { allGrants } from './all-grants.ts';
import { allQueues } from './all-queues.ts';
import { changedJobs } from './changed-jobs.ts';
import { connectedNodes } from './connected-nodes.ts';
import { holdingJobs } from './holding-jobs.ts';
import { jobVersions } from './job-versions.ts';
import { pendingJobs } from './pending-jobs.ts';
import { keepUses, queueUses } from './queue-uses.ts';

type Session = Parameters<Parameters<Database['transaction']>[1]>[0];

const ONE_MOMENT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

export class PostgresBoard implements BoardStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  snapshot(): Promise<Snapshot> {
    return this.#db.transaction(ONE_MOMENT, async (on) => ({
      ...(await restOn(on)),
      pending: await on.run(pendingJobs, undefined),
      holding: await on.run(holdingJobs, undefined),
    }));
  }

  rest(): Promise<ScheduledRest> {
    return this.#db.transaction(ONE_MOMENT, restOn);
  }

  async changed(uids: readonly string[]) {
    const pending: PendingJob[] = [];
    const holding: HoldingJob[] = [];
    for (const row of await this.#db.run(changedJobs, uids.filter(isUid))) {
      if (row.pending) pending.push(row.pending);
      if (row.holding) holding.push(row.holding);
    }
    return { pending, holding };
  }

  async versions(): Promise<ReadonlyMap<string, number>> {
    return new Map(await this.#db.run(jobVersions, undefined));
  }

  uses(): Promise<readonly KeptUse[]> {
    return this.#db.run(queueUses, undefined);
  }

  async keepUses({ holder, epoch }: SchedulerLease, uses: readonly KeptUse[]): Promise<void> {
    await this.#db.run(keepUses, { uses, holder, epoch });
  }
}

async function restOn(on: Session): Promise<ScheduledRest> {
  return {
    queues: await on.run(allQueues, undefined),
    grants: await on.run(allGrants, undefined),
    flavors: await on.run(listFlavors, undefined),
    nodes: (await on.run(connectedNodes, undefined)).flat(),
  };
}
