/**
 * The scheduling cycle: hold the lease, take a snapshot, plan (pure, in its own thread), decide on
 * the jobs of the plan, apply under the lease's epoch. A deposed scheduler writes nothing.
 */
import { systemEntry } from '../core/audit/record.ts';
import { admit } from '../core/job/admit.ts';
import type { Job } from '../core/job/job.ts';
import { preempt } from '../core/job/preempt.ts';
import type { Decision, Transition } from '../core/job/transition.ts';
import type { Plan } from '../core/scheduling/plan.ts';
import { slicesOf } from '../core/scheduling/slices.ts';
import type { Snapshot } from '../core/scheduling/snapshot.ts';
import type { Ports } from '../ports/index.ts';
import type { SchedulerLease } from '../ports/scheduler-store.ts';

export interface Scheduling {
  readonly ports: Ports;
  /** This replica. */
  readonly holder: string;
  readonly plan: (snapshot: Snapshot, now: number) => Promise<Plan>;
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
  #lease: SchedulerLease | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #granted = '';

  constructor(scheduling: Scheduling) {
    this.#with = scheduling;
  }

  async round(): Promise<number> {
    const lease = await this.#hold();
    if (!lease) return STAND_BY;
    await this.#cycle(lease);
    return LOOK_AGAIN;
  }

  async release(): Promise<void> {
    if (this.#lease) await this.#with.ports.scheduler.release(this.#lease);
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

  async #cycle(lease: SchedulerLease): Promise<void> {
    const { ports, plan, onCycle } = this.#with;
    const started = performance.now();
    const snapshot = await ports.scheduler.snapshot();
    await this.#grantSlices(lease, snapshot);
    if (snapshot.pending.length === 0) return;
    const now = ports.clock.now();
    const decided = await plan(snapshot, now);
    const transitions = await this.#decide(decided, now);
    const applied = await ports.audit.within(systemEntry('scheduler', 'plan.apply', now), () =>
      ports.scheduler.apply(lease, transitions, decided.explain),
    );
    if (!applied) this.#lease = undefined;
    onCycle?.({
      ms: performance.now() - started,
      pending: snapshot.pending.length,
      admitted: decided.admit.length,
    });
  }

  /** Written when they are others than before: claims of tasks read them. */
  async #grantSlices(lease: SchedulerLease, { queues }: Snapshot): Promise<void> {
    const slices = slicesOf(queues);
    const granted = `${lease.epoch} ${JSON.stringify(slices)}`;
    if (granted === this.#granted) return;
    const { slices: store, clock } = this.#with.ports;
    if (await store.grant(lease, slices, clock.now())) this.#granted = granted;
    else this.#lease = undefined;
  }

  /** As far as it knows: whoever lost it since finds out when it writes. */
  get lease(): SchedulerLease | undefined {
    return this.#lease;
  }

  get holdsLease(): boolean {
    return this.#lease !== undefined;
  }

  /** The plan names jobs; what that makes of each is the job's own decision on its row as it is now. */
  async #decide(plan: Plan, now: number): Promise<Transition[]> {
    const chosen = new Map<string, (job: Job) => Decision>();
    for (const { uid, agent } of plan.admit) chosen.set(uid, (job) => admit(job, { agent, now }));
    for (const { uid, by } of plan.preempt) chosen.set(uid, (job) => preempt(job, { by, now }));
    if (chosen.size === 0) return [];
    const jobs = await this.#with.ports.scheduler.jobs([...chosen.keys()]);
    const decisions = jobs.map((job) => chosen.get(job.uid)?.(job));
    return decisions.flatMap((decision) => (decision?.kind === 'transition' ? [decision.transition] : []));
  }
}
