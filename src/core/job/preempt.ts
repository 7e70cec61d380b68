/** A higher claim takes the job's place: it is stopped with its grace and goes back to the queue. */
import type { Preempt } from '../scheduling/plan.ts';
import { spoken } from '../time/spoken.ts';
import type { Job } from './job.ts';
import { stopping } from './stop.ts';
import { type Decision, refused, transition } from './transition.ts';

export interface Preemption extends Omit<Preempt, 'uid'> {
  readonly now: number;
}

/** What was decided, by whom and what it costs stays with the attempt. */
export function preempt(job: Job, { now, ...why }: Preemption): Decision {
  const { state } = job;
  if (state.name !== 'admitted' && state.name !== 'running')
    return refused(state, 'only a job that runs is preempted');
  const stop = { to: 'pending', reason: 'Preempted', message: sentence(why), now } as const;
  return transition(job, {
    now,
    state: stopping(state, stop),
    fields: {
      charges: { ...job.charges, preempted: job.charges.preempted + 1 },
      attempts: job.attempts.map((attempt) =>
        attempt.number === state.attempt ? { ...attempt, preempted: why } : attempt,
      ),
    },
  });
}

const GROUNDS: Readonly<Record<Preempt['reason'], string>> = {
  Reclaimed: 'whose queue takes back quota that it had lent',
  HigherPriority: 'which has a higher priority',
  Overrun: 'which it was let pass and has kept waiting longer than expected',
};

function sentence({ byName, reason, lostMs }: Omit<Preempt, 'uid'>): string {
  return `preempted by ${byName}, ${GROUNDS[reason]}; ${spoken(lostMs)} of work since its last checkpoint is lost`;
}
