/** A dead letter gets another chance, with fresh charges; what was tried before stays in its record. */
import type { Job } from './job.ts';
import type { Asked } from './suspend.ts';
import { type Decision, refused, transition } from './transition.ts';

export function redrive(job: Job, why: Asked): Decision {
  const { now } = why;
  if (job.state.name !== 'failed') return refused(job.state, 'only a failed job is redriven');
  const message = `redriven by ${why.by}${why.reason ? `: ${why.reason}` : ''}`;
  return transition(job, {
    now,
    state: { name: 'pending', reason: 'Redriven', message, since: now },
    // Deadlines count from the submission: without this, a job that died of one could never be redriven.
    fields: { charges: { failed: 0, lost: 0, preempted: 0 }, createdAt: now },
  });
}
