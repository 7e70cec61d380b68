/** The scheduler chose the job: it gets its next attempt, and holds quota from here on. */

import { spoken } from '../time/spoken.ts';
import type { Job } from './job.ts';
import { type Decision, refused, transition, withAttempt } from './transition.ts';

export interface Admission {
  readonly agent: string;
  readonly now: number;
}

export function admit(job: Job, { agent, now }: Admission): Decision {
  if (job.state.name !== 'pending') return refused(job.state, 'only a pending job is admitted');
  const attempt = job.fence + 1;
  const message = `attempt ${attempt} admitted to ${agent}, after ${waited(job, now)} in ${job.spec.queue}`;
  return transition(job, {
    now,
    state: { name: 'admitted', attempt, agent, reason: 'Admitted', message, since: now },
    fields: {
      fence: attempt,
      attempts: withAttempt(job, { number: attempt, agent, admittedAt: now, members: [], outputs: [] }),
    },
  });
}

function waited(job: Job, now: number): string {
  const since = job.attempts.length === 0 ? job.createdAt : job.state.since;
  return spoken(now - since);
}
