/** Suspending takes a job out of the queue, resuming puts it back with the age it has. */
import type { Job } from './job.ts';
import { stopping } from './stop.ts';
import { type Decision, NOTHING, refused, transition } from './transition.ts';

export interface Asked {
  readonly by: string;
  readonly reason?: string | undefined;
  readonly now: number;
}

export function suspend(job: Job, why: Asked): Decision {
  const { now } = why;
  const message = `suspended by ${why.by}${why.reason ? `: ${why.reason}` : ''}`;
  const explained = { reason: 'Suspended', message };
  switch (job.state.name) {
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return refused(job.state, 'it has ended');
    case 'suspended':
      return NOTHING;
    case 'admitted':
    case 'running':
    case 'unreachable':
      return transition(job, { now, state: stopping(job.state, { to: 'suspended', ...explained, now }) });
    case 'stopping':
      if (job.state.to === 'suspended') return NOTHING;
      if (job.state.to === 'cancelled' || job.state.to === 'failed') {
        return refused(job.state, `it is being stopped and will be ${job.state.to}`);
      }
      return transition(job, { now, state: stopping(job.state, { to: 'suspended', ...explained, now }) });
    case 'pending':
    case 'backoff':
      return transition(job, { now, state: { name: 'suspended', ...explained, since: now } });
  }
}

export function resume(job: Job, why: Asked): Decision {
  const { now } = why;
  if (job.state.name === 'stopping' && job.state.to === 'suspended') {
    const message = `resumed by ${why.by} while it was being stopped`;
    return transition(job, {
      now,
      state: stopping(job.state, { to: 'pending', reason: 'Resumed', message, now }),
    });
  }
  if (job.state.name !== 'suspended') return refused(job.state, 'only a suspended job is resumed');
  const message = `resumed by ${why.by}`;
  return transition(job, { now, state: { name: 'pending', reason: 'Resumed', message, since: now } });
}
