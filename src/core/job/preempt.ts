/** A higher claim takes the job's place: it is stopped with its grace and goes back to the queue. */
import type { Job } from './job.ts';
import { stopping } from './stop.ts';
import { type Decision, refused, transition } from './transition.ts';

export interface Preemption {
  /** The job whose claim is higher, for people. */
  readonly by: string;
  readonly now: number;
}

export function preempt(job: Job, { by, now }: Preemption): Decision {
  const { state } = job;
  if (state.name !== 'admitted' && state.name !== 'running')
    return refused(state, 'only a job that runs is preempted');
  const stop = { to: 'pending', reason: 'Preempted', message: `preempted by ${by}`, now } as const;
  return transition(job, {
    now,
    state: stopping(state, stop),
    fields: { charges: { ...job.charges, preempted: job.charges.preempted + 1 } },
  });
}
