/** A worker is done: its session ends, and what it still held goes back to the queue at once. */
import { z } from 'zod';
import type { AttemptOutcome } from '../../core/job/attempt.ts';
import { holdsProcesses } from '../../core/job/state.ts';
import { endLease } from '../../core/job/task.ts';
import type { Ports } from '../../ports/index.ts';
import { defineOperation } from '../define.ts';

export const leaveWorker = defineOperation({
  name: 'worker.leave',
  summary: 'End the session of a worker',
  input: z.object({ session: z.uuid() }),
  output: z.object({}),
  permission: 'task:work',
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  async handler({ input, ports, now }) {
    await giveUp(ports, input.session, { outcome: LEFT, now });
    await ports.workers.remove(input.session);
    return {};
  },
});

const MOST_HELD = 10_000;

const LEFT: AttemptOutcome = { kind: 'failed', reason: 'WorkerLost', message: 'its worker left' };

async function giveUp(
  ports: Ports,
  worker: string,
  { outcome, now }: { outcome: AttemptOutcome; now: number },
): Promise<void> {
  const held = await ports.workers.held(worker, MOST_HELD);
  await Promise.all(
    held.map(async (job) => {
      if (!holdsProcesses(job.state)) return;
      const { attempt } = job.state;
      const decision = endLease(job, { attempt, worker, outcome, now, random: ports.chance.random() });
      if (decision.kind === 'transition') await ports.jobs.apply(decision.transition);
    }),
  );
}
