/**
 * What cancelling does in each state. A job that holds processes goes through `stopping`,
 * because quota is held until the last of them has ended (invariant 3).
 */
import type { Job } from './job.ts';
import { stopping } from './stop.ts';
import { type Decision, NOTHING, refused, transition } from './transition.ts';

export interface Cancellation {
  readonly by: string;
  readonly reason?: string | undefined;
  readonly now: number;
}

export function cancel(job: Job, why: Cancellation): Decision {
  const { now } = why;
  const message = `cancelled by ${why.by}${why.reason ? `: ${why.reason}` : ''}`;
  const explained = { reason: 'Cancelled', message, now };
  switch (job.state.name) {
    case 'succeeded':
    case 'failed':
      return refused(job.state, 'it has ended');
    case 'cancelled':
      return NOTHING;
    case 'admitted':
    case 'running':
    case 'unreachable':
      return transition(job, { now, state: stopping(job.state, { to: 'cancelled', ...explained }) });
    case 'stopping':
      if (job.state.to === 'cancelled') return NOTHING;
      return transition(job, { now, state: stopping(job.state, { to: 'cancelled', ...explained }) });
    case 'pending':
    case 'backoff':
    case 'suspended':
      return transition(job, { now, state: { name: 'cancelled', reason: 'Cancelled', message, since: now } });
  }
}
