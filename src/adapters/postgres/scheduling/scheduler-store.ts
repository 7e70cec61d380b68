/** The `SchedulerStore` port over PostgreSQL. */
import type { Job } from '../../../core/job/job.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PlanToApply, SchedulerLease, SchedulerStore } from '../../../ports/scheduler-store.ts';
import type { Database } from '../database.ts';
import { getByUids } from '../jobs/get-by-uids.ts';
import { getEndedByUids } from '../jobs/get-ended-by-uids.ts';
import { auditItem, transitionRow } from '../jobs/job-row.ts';
import { isUid } from '../uid.ts';
import { codeOf } from '../unavailable.ts';
import { acquireLease } from './acquire-lease.ts';
import { type AppliedPlan, applyPlan } from './apply-plan.ts';
import { releaseLease } from './release-lease.ts';

/** A plan locks many rows, in no set order with the writes of other servers. */
const DEADLOCK = '40P01';
const MAX_TRIES = 5;

export class PostgresScheduling implements SchedulerStore {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  acquire(holder: string, ttlMs: number): Promise<SchedulerLease | undefined> {
    return this.#db.one(acquireLease, { holder, ttlMs });
  }

  async release(lease: SchedulerLease): Promise<void> {
    await this.#db.run(releaseLease, lease);
  }

  /** The history is asked only for what is not live: the scheduler's own jobs all are. */
  async jobs(uids: readonly string[]): Promise<readonly Job[]> {
    const asked = uids.filter(isUid);
    const live = await this.#db.run(getByUids, asked);
    const found = new Set(live.map(({ uid }) => uid));
    const missing = asked.filter((uid) => !found.has(uid));
    return missing.length === 0 ? live : [...live, ...(await this.#db.run(getEndedByUids, missing))];
  }

  async apply(
    lease: SchedulerLease,
    { transitions, waiting, decision }: PlanToApply,
  ): Promise<readonly string[] | undefined> {
    const moving = new Set(transitions.map(({ job }) => job.uid));
    const plan = {
      lease,
      transitions: transitions.map((transition) =>
        transitionRow(transition, this.#db.audit.stamp('plan.apply', auditItem(transition))),
      ),
      waiting: waiting.filter(({ uid }) => !moving.has(uid)),
      decision,
      now: this.#clock.now(),
    };
    return this.#applyPlan(plan, MAX_TRIES);
  }

  async #applyPlan(plan: AppliedPlan, tries: number): Promise<readonly string[] | undefined> {
    try {
      return await this.#db.one(applyPlan, plan);
    } catch (error) {
      if (codeOf(error) !== DEADLOCK || tries <= 1) throw error;
      return this.#applyPlan(plan, tries - 1);
    }
  }
}
