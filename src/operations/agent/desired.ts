/** What an agent should run, keep and forget, from the rows alone: the same question has the same answer after any restart. */
import { z } from 'zod';
import type { Desired } from '../../contract/agent-link.ts';
import type { AttemptRef } from '../../core/job/attempt.ts';
import { currentAttempt, type Job } from '../../core/job/job.ts';
import { renderAttempt } from '../../core/job/render.ts';
import { holdsProcesses } from '../../core/job/state.ts';
import type { Ports } from '../../ports/index.ts';
import { defineOperation } from '../define.ts';

const Ref = z.object({ job: z.uuid(), attempt: z.int() });

export const desiredAttempts = defineOperation({
  name: 'agent.desired',
  summary: 'What an agent should run, keep and forget',
  /** `known`: what the agent has, or was told of. */
  input: z.object({ agent: z.string(), known: z.array(Ref) }),
  output: z.object({ attempts: z.array(z.custom<Desired>()) }),
  permission: 'agent:link',
  target: () => 'any',
  effect: 'read',
  audit: 'none',
  async handler({ input, ports, now }) {
    // In this order: what ends between the two is in both. The other way it would be in neither, and be
    // forgotten before its files are collected.
    const held = await ports.jobs.heldBy(input.agent);
    const collections = await ports.agents.collections(input.agent);
    const wanted = new Map<string, Desired>();
    for (const { ref } of collections) wanted.set(keyOf(ref), { want: 'keep', ref });
    for (const job of held) wanted.set(keyOf(currentOf(job)), toRun(job, now));
    const unwanted = input.known.filter((ref) => !wanted.has(keyOf(ref)));
    const kept = new Set([...wanted.values()].map((desired) => refOf(desired).job));
    return { attempts: [...wanted.values(), ...(await toForget(ports, unwanted, kept))] };
  },
});

export function keyOf(ref: AttemptRef): string {
  return `${ref.job}.${ref.attempt}`;
}

function currentOf(job: Job): AttemptRef {
  return { job: job.uid, attempt: job.fence };
}

function refOf(desired: Desired): AttemptRef {
  return desired.want === 'run' ? desired.spec.ref : desired.ref;
}

function toRun(job: Job, now: number): Desired {
  const startedAt = currentAttempt(job)?.startedAt;
  const run = { want: 'run', spec: renderAttempt(job, job.fence), startedAt } as const;
  if (!holdsProcesses(job.state) || job.state.name !== 'stopping') return run;
  // Who was told late is not given longer: the grace counts from the decision.
  const graceMs = Math.max(0, job.state.since + job.spec.checkpoint.graceMs - now);
  return { ...run, stop: { graceMs, why: job.state.message } };
}

/**
 * What attempts share (checkpoints) stays for as long as there may be another one, or another one's files
 * are yet to be collected: it goes with all that is kept of the job.
 */
async function toForget(
  ports: Ports,
  refs: readonly AttemptRef[],
  kept: ReadonlySet<string>,
): Promise<Desired[]> {
  const known = await ports.scheduler.jobs([...new Set(refs.map(({ job }) => job))]);
  const mayRunAgain = new Set(
    known
      .filter(({ state }) => state.name !== 'succeeded' && state.name !== 'cancelled')
      .map(({ uid }) => uid),
  );
  return refs.map((ref) => ({ want: 'forget', ref, job: !kept.has(ref.job) && !mayRunAgain.has(ref.job) }));
}
