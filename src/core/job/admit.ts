/** The scheduler chose the job: it gets its next attempt, and holds quota from here on. */

import type { Admit } from '../scheduling/plan.ts';
import { spoken } from '../time/spoken.ts';
import type { Job } from './job.ts';
import { type Decision, refused, transition, withAttempt } from './transition.ts';

export interface Admission extends Pick<Admit, 'agent'>, Partial<Omit<Admit, 'uid' | 'agent' | 'members'>> {
  /** Members of each role; the least of each when not given. */
  readonly size?: readonly number[] | undefined;
  readonly now: number;
}

export function admit(job: Job, admission: Admission): Decision {
  if (job.state.name !== 'pending') return refused(job.state, 'only a pending job is admitted');
  const { agent, now, flavor, domain, size, placed, backfilled } = admission;
  const attempt = job.fence + 1;
  const message = `attempt ${attempt} admitted to ${where(admission)}, after ${waited(job, now)} in ${job.spec.queue}`;
  return transition(job, {
    now,
    state: { name: 'admitted', attempt, agent, reason: 'Admitted', message, since: now },
    fields: {
      fence: attempt,
      attempts: withAttempt(job, {
        number: attempt,
        agent,
        admittedAt: now,
        ...given({ flavor, domain, size, placed }),
        ...(backfilled ? { backfilled } : {}),
        members: [],
        outputs: [],
      }),
    },
  });
}

/** `main, flavor a100, rack z1/r4`; the names of the nodes are in the attempt. */
function where({ agent, flavor, domain, backfilled }: Admission): string {
  const parts = [agent, flavor && `flavor ${flavor}`, domain, backfilled && 'ahead of its turn'];
  return parts.filter(Boolean).join(', ');
}

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function waited(job: Job, now: number): string {
  const since = job.attempts.length === 0 ? job.createdAt : job.state.since;
  return spoken(now - since);
}
