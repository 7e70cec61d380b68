/**
 * Every process of the attempt is known to be gone: where the job goes from here. Success wins over
 * a stop that came too late, except that who cancelled gets what they asked for.
 */

import { spoken } from '../time/spoken.ts';
import type { AttemptObservation, AttemptOutcome } from './attempt.ts';
import { type Job, LOSS_LIMIT } from './job.ts';
import { backoffDelay, type Failure, judge } from './retry.ts';
import type { HoldingState, JobState } from './state.ts';
import { type Decision, transition } from './transition.ts';

interface Ending {
  readonly now: number;
  readonly random: number;
}

export function endAttempt(job: Job, seen: AttemptObservation, by: Ending): Decision {
  const state = job.state as HoldingState;
  const outcome = seen.outcome ?? unexplained;
  if (state.name === 'stopping' && state.to === 'cancelled') return afterStop(job, state, outcome, by);
  if (outcome.kind === 'succeeded') return succeed(job, seen, by.now);
  if (state.name === 'stopping' && state.to === 'backoff') return afterFailure(job, overdue(state), by);
  if (state.name === 'stopping') return afterStop(job, state, outcome, by);
  const failure: Failure = outcome.kind === 'failed' ? outcome : stoppedUnasked;
  return afterFailure(job, failure, by);
}

const unexplained: AttemptOutcome = {
  kind: 'failed',
  reason: 'Internal',
  message: 'the attempt ended without an outcome',
};
const stoppedUnasked: Failure = {
  kind: 'failed',
  reason: 'Signal',
  message: 'the attempt was stopped on its machine, not by Capstan',
};

/** Stopped to be tried again: an attempt that ran longer than it may. It is charged like any failure. */
function overdue(state: Extract<JobState, { name: 'stopping' }>): Failure {
  return { kind: 'failed', reason: 'Timeout', message: state.message };
}

function succeed(job: Job, seen: AttemptObservation, now: number): Decision {
  const message = `attempt ${seen.ref.attempt} succeeded after ${spoken((seen.endedAt ?? now) - (seen.startedAt ?? now))}`;
  return transition(job, { now, state: { name: 'succeeded', reason: 'Completed', message, since: now } });
}

/** A stop that was asked for: the reason of the stop stands, whatever the processes made of it. */
function afterStop(
  job: Job,
  state: Extract<JobState, { name: 'stopping' }>,
  outcome: AttemptOutcome,
  by: Ending,
): Decision {
  const killed = outcome.kind === 'stopped' && outcome.graceExceeded;
  const message = killed
    ? `${state.message}; it ignored SIGTERM for the grace and was killed`
    : state.message;
  const explained = { reason: state.reason, message, since: by.now };
  switch (state.to) {
    case 'cancelled':
    case 'suspended':
    case 'failed':
      return transition(job, { now: by.now, state: { name: state.to, ...explained } });
    case 'pending':
      return transition(job, { now: by.now, state: { ...explained, name: 'pending', reason: 'Preempted' } });
    case 'backoff':
      return transition(job, { now: by.now, state: { name: 'backoff', until: by.now, ...explained } });
  }
}

/** A failure that the attempt brought about by itself. Also used when an agent is given up. */
export function afterFailure(job: Job, failure: Failure, by: Ending): Decision {
  const verdict = judge(job.spec.retry, failure);
  const sentence = `attempt ${job.fence} failed: ${failure.message}`;
  if (verdict === 'fail') return fail(job, failure, { ...by, message: sentence });
  if (verdict === 'lost') return afterLoss(job, failure, { ...by, message: sentence });
  const failed = job.charges.failed + (verdict === 'ignore' ? 0 : 1);
  const { limit } = job.spec.retry;
  const charged = { ...job, charges: { ...job.charges, failed } };
  if (verdict === 'retry' && failed > limit) {
    const spent = limit === 0 ? '' : `; ${limit === 1 ? 'the 1 retry is' : `all ${limit} retries are`} used`;
    return fail(charged, failure, { ...by, message: `${sentence}${spent}` });
  }
  const delay = backoffDelay(job.spec.retry, Math.max(1, failed), by.random);
  const message = `${sentence}; next attempt in ${spoken(delay)}`;
  return transition(charged, {
    now: by.now,
    state: { name: 'backoff', until: by.now + delay, reason: failure.reason, message, since: by.now },
    fields: { charges: charged.charges },
  });
}

function afterLoss(job: Job, failure: Failure, by: Ending & { message: string }): Decision {
  const lost = job.charges.lost + 1;
  const charges = { ...job.charges, lost };
  if (lost > LOSS_LIMIT) {
    const message = `${by.message}; ${LOSS_LIMIT} attempts were lost before it`;
    return fail({ ...job, charges }, failure, { ...by, message });
  }
  return transition(job, {
    now: by.now,
    state: { name: 'pending', reason: 'AttemptLost', message: by.message, since: by.now },
    fields: { charges },
  });
}

function fail(job: Job, failure: Failure, by: { now: number; message: string }): Decision {
  return transition(job, {
    now: by.now,
    state: { name: 'failed', reason: failure.reason, message: by.message, since: by.now },
    fields: { charges: job.charges },
  });
}
