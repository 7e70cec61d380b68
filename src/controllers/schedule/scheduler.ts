/**
 * The scheduling cycle: hold the lease, learn what changed, plan (pure, in its own thread, on a board that is kept),
 * decide on the jobs of the plan, apply under the lease's epoch. A deposed scheduler writes nothing.
 */
import { systemEntry } from '../../core/audit/record.ts';
import { admit } from '../../core/job/admit.ts';
import type { Job } from '../../core/job/job.ts';
import { preempt } from '../../core/job/preempt.ts';
import type { Decision, Transition } from '../../core/job/transition.ts';
import type { Plan } from '../../core/scheduling/plan.ts';
import type { Queue } from '../../core/scheduling/queue.ts';
import { slicesOf } from '../../core/scheduling/slices.ts';
import type { Ports } from '../../ports/index.ts';
import type { PlannedCycle, Planner } from '../../ports/planner.ts';
import type { SchedulerLease } from '../../ports/scheduler-store.ts';
import { Changes } from './changes.ts';

export interface Scheduling {
  readonly ports: Ports;
  /** This replica. */
  readonly holder: string;
  readonly planner: Planner;
  /** Milliseconds that only grow; `performance.now` by default. */
  readonly ticks?: () => number;
  /** Told after each cycle, for metrics. */
  readonly onCycle?: (cycle: {
    readonly ms: number;
    readonly pending: number;
    readonly admitted: number;
  }) => void;
}

/** A lease is renewed in time for its holder to notice before another takes it, milliseconds. */
const LEASE = 4000;
/** Not at every look: a renewal is a durable write, and a burst of submissions makes a hundred looks a second. */
const RENEW_AFTER = 900;
/** Without a hint: often enough for ages and start times to be seen. */
const LOOK_AGAIN = 1000;
/** While another holds the lease. With what is left of it, a killed holder is replaced within five seconds. */
const STAND_BY = 400;

export class Scheduler {
  readonly #with: Scheduling;
  readonly #changes: Changes;
  #lease: SchedulerLease | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #granted = '';
  #queues: readonly Queue[] = [];
  /** Epoch of the lease under which the board was made. */
  #epoch = -1;
  #applied: readonly string[] = [];
  /** Of the last decision that was kept. */
  #seq = 0;

  constructor(scheduling: Scheduling) {
    this.#with = scheduling;
    this.#changes = new Changes(scheduling.ports.board, scheduling.ticks ?? (() => performance.now()));
  }

  /** Hears of changes until the signal aborts. */
  listen(until: AbortSignal): void {
    this.#changes.listen(this.#with.ports.signals, until);
  }

  async round(): Promise<number> {
    const lease = await this.#hold();
    if (!lease) return STAND_BY;
    const cycle = await this.#plan(lease);
    // A plan that took long may have outlasted the lease: it is renewed before the plan is applied, or the plan is for nothing.
    if (!cycle || (await this.#hold())?.epoch !== lease.epoch) {
      this.#changes.forget();
      return 0;
    }
    await this.#apply(lease, cycle);
    return this.#changes.waiting ? 0 : LOOK_AGAIN;
  }

  async release(): Promise<void> {
    if (this.#lease) await this.#with.ports.scheduler.release(this.#lease);
  }

  /** As far as it knows: whoever lost it since finds out when it writes. */
  get lease(): SchedulerLease | undefined {
    return this.#lease;
  }

  get holdsLease(): boolean {
    return this.#lease !== undefined;
  }

  /** Whoever lost the lease since its renewal finds out when it applies, and writes nothing. */
  async #hold(): Promise<SchedulerLease | undefined> {
    const { ports, holder, ticks = () => performance.now() } = this.#with;
    const now = ticks();
    if (this.#lease && now - this.#renewedAt < RENEW_AFTER) return this.#lease;
    this.#renewedAt = now;
    this.#lease = await ports.scheduler.acquire(holder, LEASE);
    return this.#lease;
  }

  /** Undefined when the board has to be made anew, which the next round does. */
  async #plan(lease: SchedulerLease): Promise<PlannedCycle | undefined> {
    const { ports, planner } = this.#with;
    if (lease.epoch !== this.#epoch || this.#changes.lost) await this.#reset(lease);
    const delta = await this.#changes.since(this.#applied);
    this.#applied = [];
    if (delta.rest) this.#queues = delta.rest.queues;
    await this.#grantSlices(lease);
    try {
      return await planner.cycle(delta, ports.clock.now());
    } catch (error) {
      this.#changes.forget();
      throw error;
    }
  }

  async #reset(lease: SchedulerLease): Promise<void> {
    const { ports, planner } = this.#with;
    const snapshot = await this.#changes.all();
    this.#queues = snapshot.queues;
    await planner.reset(snapshot, await ports.board.uses());
    this.#seq = await ports.decisions.last();
    this.#epoch = lease.epoch;
  }

  async #apply(lease: SchedulerLease, cycle: PlannedCycle): Promise<void> {
    const { ports, planner, onCycle } = this.#with;
    const started = performance.now();
    const { plan, waiting, record, uses } = cycle;
    if (uses.length > 0) await ports.board.keepUses(lease, uses);
    if (!record && waiting.length === 0) return;
    const now = ports.clock.now();
    const transitions = await this.#decide(plan, now);
    const kept = record && { ...record, seq: this.#seq + 1 };
    const applied = await ports.audit.within(systemEntry('scheduler', 'plan.apply', now), () =>
      ports.scheduler.apply(lease, { transitions, waiting, decision: kept }),
    );
    if (!applied) {
      this.#lease = undefined;
      this.#changes.forget();
      return;
    }
    if (kept) this.#seq = kept.seq;
    this.#applied = transitions.map(({ job }) => job.uid);
    await planner.told(waiting);
    const ms = performance.now() - started;
    onCycle?.({ ms, pending: cycle.pending, admitted: plan.admit.length });
  }

  /** Written when they are others than before: claims of tasks read them. */
  async #grantSlices(lease: SchedulerLease): Promise<void> {
    const slices = slicesOf(this.#queues);
    const granted = `${lease.epoch} ${JSON.stringify(slices)}`;
    if (granted === this.#granted) return;
    const { slices: store, clock } = this.#with.ports;
    if (await store.grant(lease, slices, clock.now())) this.#granted = granted;
    else this.#lease = undefined;
  }

  /** The plan names jobs; what that makes of each is the job's own decision on its row as it is now. */
  async #decide(plan: Omit<Plan, 'explain'>, now: number): Promise<Transition[]> {
    const chosen = new Map<string, (job: Job) => Decision>();
    for (const { uid, members: size, ...where } of plan.admit)
      chosen.set(uid, (job) => admit(job, { ...where, size, now }));
    for (const { uid, ...why } of plan.preempt) chosen.set(uid, (job) => preempt(job, { ...why, now }));
    if (chosen.size === 0) return [];
    const jobs = await this.#with.ports.scheduler.jobs([...chosen.keys()]);
    const decisions = jobs.map((job) => chosen.get(job.uid)?.(job));
    return decisions.flatMap((decision) => (decision?.kind === 'transition' ? [decision.transition] : []));
  }
}
