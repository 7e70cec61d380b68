/** What time alone does to a job, and when to look again. One timer a job: the earliest of its times. */
import { spoken } from '../time/spoken.ts';
import type { FailureReason } from './attempt.ts';
import { afterFailure } from './end-attempt.ts';
import type { Job } from './job.ts';
import { hasEnded, holdsProcesses } from './state.ts';
import { stopping } from './stop.ts';
import { endLease } from './task.ts';
import { type Decision, NOTHING, transition } from './transition.ts';

/** The next moment at which `onDue` could decide something; undefined: never. */
export function dueAt(job: Job): number | undefined {
  if (hasEnded(job.state)) return undefined;
  const times = [
    deadline(job),
    startDeadline(job),
    wakes(job),
    replacement(job),
    leaseTimeout(job),
    graceEnd(job),
  ].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

export function onDue(job: Job, by: { readonly now: number; readonly random: number }): Decision {
  const { now } = by;
  if (hasEnded(job.state)) return NOTHING;
  if ((deadline(job) ?? Infinity) <= now)
    return expire(job, 'Deadline', `ran past its deadline of ${spoken(job.spec.deadlineMs ?? 0)}`, now);
  if ((startDeadline(job) ?? Infinity) <= now) {
    return expire(
      job,
      'StartDeadline',
      `did not start within ${spoken(job.spec.startDeadlineMs ?? 0)}: ${job.state.message}`,
      now,
    );
  }
  if ((replacement(job) ?? Infinity) <= now) return replace(job, by);
  if ((leaseTimeout(job) ?? Infinity) <= now) return timeOut(job, now);
  if ((graceEnd(job) ?? Infinity) <= now) return takeLease(job, by);
  if (job.state.name === 'backoff' && job.state.until <= now) {
    return transition(job, {
      now,
      state: {
        name: 'pending',
        reason: 'RetryDue',
        message: `retry after: ${job.state.message}`,
        since: now,
      },
      events: [],
    });
  }
  return NOTHING;
}

/**
 * The clock was set back behind the moment at which the job began to wait: how long it has waited is not
 * known, and it must not wait for as long as the clock was set back.
 */
export function onSetBack(job: Job, now: number): Decision {
  if (job.state.name !== 'backoff' || job.state.since <= now) return NOTHING;
  return transition(job, {
    now,
    state: {
      name: 'pending',
      reason: 'RetryDue',
      message: `retry, because the clock was set back after: ${job.state.message}`,
      since: now,
    },
    events: [],
  });
}

function deadline(job: Job): number | undefined {
  const stopped =
    job.state.name === 'stopping' && (job.state.to === 'failed' || job.state.to === 'cancelled');
  if (job.spec.deadlineMs === undefined || stopped) return undefined;
  return job.createdAt + job.spec.deadlineMs;
}

/** Only before the first start; a suspended job's owner holds it back themselves. */
function startDeadline(job: Job): number | undefined {
  const waits = job.state.name === 'pending' || job.state.name === 'admitted';
  const started = job.attempts.some((attempt) => attempt.startedAt !== undefined);
  if (job.spec.startDeadlineMs === undefined || !waits || started) return undefined;
  return Math.max(job.createdAt, job.spec.startAfter ?? 0) + job.spec.startDeadlineMs;
}

function wakes(job: Job): number | undefined {
  return job.state.name === 'backoff' ? job.state.until : undefined;
}

function replacement(job: Job): number | undefined {
  if (job.state.name !== 'unreachable' || job.spec.replaceAfterMs === null) return undefined;
  return job.state.since + job.spec.replaceAfterMs;
}

/** Of a task: a container's attempt is timed where it runs. */
function leaseTimeout(job: Job): number | undefined {
  if (!job.spec.task || job.state.name !== 'running' || job.spec.timeoutMs === undefined) return undefined;
  return job.state.since + job.spec.timeoutMs;
}

function timeOut(job: Job, now: number): Decision {
  const message = `ran longer than its timeout of ${spoken(job.spec.timeoutMs ?? 0)}`;
  const stop = { to: 'backoff', reason: 'Timeout', message, now } as const;
  return holdsProcesses(job.state) ? transition(job, { now, state: stopping(job.state, stop) }) : NOTHING;
}

/** A worker that does not answer a stop within the grace has lost its lease. */
function graceEnd(job: Job): number | undefined {
  if (!job.spec.task || job.state.name !== 'stopping') return undefined;
  return job.state.since + job.spec.task.cancelGraceMs;
}

function takeLease(job: Job, by: { now: number; random: number }): Decision {
  if (!holdsProcesses(job.state)) return NOTHING;
  const { attempt, agent } = job.state;
  const outcome = { kind: 'stopped', graceExceeded: true } as const;
  return endLease(job, { attempt, worker: agent, outcome, ...by });
}

function expire(job: Job, reason: FailureReason, what: string, now: number): Decision {
  const explained = { reason, message: what };
  if (job.state.name === 'stopping' || holdsProcesses(job.state)) {
    return transition(job, { now, state: stopping(job.state, { to: 'failed', ...explained, now }) });
  }
  return transition(job, { now, state: { name: 'failed', ...explained, since: now } });
}

/** The job opted into a replacement: the fence moves on with the next admission, the old attempt counts no more. */
function replace(job: Job, by: { now: number; random: number }): Decision {
  const agent = holdsProcesses(job.state) ? job.state.agent : '';
  const message = `${agent} was not heard for ${spoken(job.spec.replaceAfterMs ?? 0)}; a replacement will start, and two may run until it stops its own`;
  return afterFailure(job, { kind: 'failed', reason: 'AgentLost', message }, by);
}
