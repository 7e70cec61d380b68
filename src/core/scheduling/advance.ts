/** The snapshot after a plan, for simulations: who starts holds, who is stopped is on its way out. */

import { DEFAULT_GRACE } from './holder.ts';
import { type Admit, type Plan, type Reserve, verdicts } from './plan.ts';
import type { HoldingJob, JobFacts, PendingJob, Snapshot } from './snapshot.ts';

export function afterPlan(snapshot: Snapshot, plan: Plan, now: number): Snapshot {
  const admits = new Map(plan.admit.map((admit) => [admit.uid, admit]));
  const stopped = new Set(plan.preempt.map(({ uid }) => uid));
  const told = new Map([...verdicts(plan.explain)].map((verdict) => [verdict.uid, verdict]));
  const started = snapshot.pending.flatMap((job) => {
    const admit = admits.get(job.uid);
    return admit ? [holdingOf(job, admit, now)] : [];
  });
  const stays = snapshot.holding.map((job) =>
    stopped.has(job.uid) ? { ...job, stopsBy: job.stopsBy ?? now + (job.graceMs ?? DEFAULT_GRACE) } : job,
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
  return {
    ...factsOf(job),
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
  return {
    ...factsOf(job),
    preemptions: (job.preemptions ?? 0) + (preempted ? 1 : 0),
    reason: preempted ? 'Preempted' : 'AttemptLost',
    message: '',
    version: 0,
  };
}

/** What it is whatever it is doing. */
function factsOf(job: JobFacts): JobFacts {
  const { uid, name, project, queue, priority, createdAt, groups, topology } = job;
  const { expectedMs, checkpointEveryMs, graceMs, preemptions } = job;
  const asked = { groups, topology, expectedMs, checkpointEveryMs, graceMs };
  return { uid, name, project, queue, priority, createdAt, ...asked, preemptions };
}
