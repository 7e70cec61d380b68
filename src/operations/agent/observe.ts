/** What an agent sees of its attempts, taken into the jobs. Repeats and stale attempts change nothing. */
import { z } from 'zod';
import type { AttemptObservation } from '../../core/job/attempt.ts';
import { currentAttempt } from '../../core/job/job.ts';
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
    for (const seen of input.attempts) await take(ports, seen, { agent: input.agent, now });
    return {};
  },
});

/** Others write the same row (a cancel, the timers); each lost race is decided anew. */
const TRIES = 8;

async function take(
  ports: Ports,
  seen: AttemptObservation,
  by: { agent: string; now: number },
): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const [job] = await ports.scheduler.jobs([seen.ref.job]);
    if (!job) return;
    const decision = observe(job, seen, { ...by, random: ports.chance.random() });
    if (decision.kind !== 'transition') return;
    const applied = await ports.jobs.apply(decision.transition);
    if (!applied) continue;
    const record = currentAttempt(applied);
    if (record?.endedAt !== undefined) traceAttempt(applied, record);
    return;
  }
}
