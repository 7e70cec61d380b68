/** The snapshot after a plan, for simulations: who starts holds, who is stopped is on its way out. */
import { type Admit, type Plan, type Reserve, verdicts } from './plan.ts';
import type { HoldingJob, PendingJob, Snapshot } from './snapshot.ts';

/** How long those who are stopped take to go, milliseconds, where nothing better is known. */
const GRACE = 30_000;

export function afterPlan(snapshot: Snapshot, plan: Plan, now: number): Snapshot {
  const admits = new Map(plan.admit.map((admit) => [admit.uid, admit]));
  const stopped = new Set(plan.preempt.map(({ uid }) => uid));
  const told = new Map([...verdicts(plan.explain)].map((verdict) => [verdict.uid, verdict]));
  const started = snapshot.pending.flatMap((job) => {
    const admit = admits.get(job.uid);
    return admit ? [holdingOf(job, admit, now)] : [];
  });
  const stays = snapshot.holding.map((job) =>
    stopped.has(job.uid) ? { ...job, stopsBy: job.stopsBy ?? now + GRACE } : job,
  );
  const pending = snapshot.pending.flatMap((job): PendingJob[] => {
    const verdict = told.get(job.uid);
    return verdict ? [{ ...job, reason: verdict.reason, message: verdict.message }] : [];
  });
  return { ...snapshot, pending, holding: [...stays, ...started], reserved: keptFrom(plan) };
}

/** What the next cycle has to know of this one. */
export function keptFrom({ reserve }: Pick<Plan, 'reserve'>): readonly Reserve[] {
  return reserve.filter(({ reason }) => reason === 'preemption');
}

export function holdingOf(job: PendingJob, admit: Admit, now: number): HoldingJob {
  const { uid, name, project, queue, priority, createdAt, groups, topology } = job;
  return {
    uid,
    name,
    project,
    queue,
    priority,
    createdAt,
    groups,
    topology,
    expectedMs: job.expectedMs,
    checkpointEveryMs: job.checkpointEveryMs,
    preemptions: job.preemptions,
    agent: admit.agent,
    flavor: admit.flavor,
    placed: admit.placed,
    admittedAt: now,
    startedAt: now,
    backfilled: admit.backfilled,
  };
}

/** Back in its queue, with its age. */
export function pendingOf(job: HoldingJob, preempted: boolean): PendingJob {
  const { uid, name, project, queue, priority, createdAt, groups, topology } = job;
  return {
    uid,
    name,
    project,
    queue,
    priority,
    createdAt,
    groups,
    topology,
    expectedMs: job.expectedMs,
    checkpointEveryMs: job.checkpointEveryMs,
    preemptions: (job.preemptions ?? 0) + (preempted ? 1 : 0),
    reason: preempted ? 'Preempted' : 'Submitted',
    message: '',
    version: 1,
  };
}
