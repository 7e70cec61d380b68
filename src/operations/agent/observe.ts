/** What an agent sees of its attempts, taken into the jobs. Repeats and stale attempts change nothing. */
import { z } from 'zod';
import type { AttemptObservation } from '../../core/job/attempt.ts';
import { currentAttempt, type Job } from '../../core/job/job.ts';
import { observe } from '../../core/job/observe.ts';
import type { Ports } from '../../ports/index.ts';
import { defineOperation } from '../define.ts';
import { traceAttempt } from '../trace.ts';

/** The link has checked the shape; what does not belong to the agent is ignored by the core. */
const Observation = z.custom<AttemptObservation>(
  (value) => typeof value === 'object' && value !== null && 'ref' in value,
);

export const observeAttempts = defineOperation({
  name: 'agent.observe',
  summary: 'Take in what an agent sees of its attempts',
  input: z.object({ agent: z.string(), attempts: z.array(Observation) }),
  output: z.object({}),
  permission: 'agent:link',
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  async handler({ input, ports, now }) {
    const uids = [...new Set(input.attempts.map(({ ref }) => ref.job))];
    const jobs = new Map((await ports.scheduler.jobs(uids)).map((job) => [job.uid, job]));
    // At once, so that the store writes them together: one after the other a burst of thousands takes minutes.
    const taken = await Promise.allSettled(
      input.attempts.map((seen) =>
        take(ports, seen, { job: jobs.get(seen.ref.job), agent: input.agent, now }),
      ),
    );
    const failed = taken.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    return {};
  },
});

/** Others write the same row (a cancel, the timers); each lost race is decided anew. */
const TRIES = 8;

async function take(
  ports: Ports,
  seen: AttemptObservation,
  { job: found, agent, now }: { job: Job | undefined; agent: string; now: number },
): Promise<void> {
  let job = found;
  for (let attempt = 0; attempt < TRIES && job; attempt += 1) {
    const decision = observe(job, seen, { agent, now, random: ports.chance.random() });
    if (decision.kind !== 'transition') return;
    const applied = await ports.jobs.apply(decision.transition);
    if (applied) return traced(applied);
    [job] = await ports.scheduler.jobs([seen.ref.job]);
  }
}

function traced(job: Job): void {
  const record = currentAttempt(job);
  if (record?.endedAt !== undefined) traceAttempt(job, record);
}
