/** Whether a queue would let a job in: its state, the project's grant, its limits. Capacity is another question. */
import type { PendingReason } from '../job/state.ts';
import { formatAmount } from '../kube/quantity.ts';
import type { Queue, QueueGrant } from './queue.ts';
import type { PendingJob } from './snapshot.ts';
import { gangTotals, type Totals } from './usage.ts';

export interface QueueUsage {
  readonly queue: Queue;
  /** Of all jobs that hold processes, those admitted earlier in this cycle included. */
  readonly used: Totals;
  holding: number;
}

export interface Refusal {
  readonly reason: PendingReason;
  readonly message: string;
  readonly blockedBy?: string | undefined;
  /** Others of the queue may go on: what is in the way is this job's alone. */
  readonly alone: boolean;
}

type Check = (job: PendingJob, at: QueueUsage, now: number) => Refusal | undefined;

const paused: Check = (_job, { queue }) =>
  queue.state === 'paused' ? blocked('QueuePaused', `queue ${queue.name} is paused`, queue) : undefined;

const tooEarly: Check = (job, _at, now) =>
  job.startAfter !== undefined && job.startAfter > now
    ? { reason: 'StartAfter', message: `not before ${new Date(job.startAfter).toISOString()}`, alone: true }
    : undefined;

const tooLargeForQuota: Check = (job, { queue }) => {
  for (const [name, wanted] of gangTotals(job.groups)) {
    const limit = queue.quota[name];
    if (limit === undefined || wanted <= limit) continue;
    const message = `needs ${formatAmount(name, wanted)} ${name}, the whole quota of queue ${queue.name} is ${formatAmount(name, limit)}`;
    return { reason: 'NeverFits', message, blockedBy: `queue/${queue.name}`, alone: true };
  }
  return undefined;
};

const runningLimit: Check = (_job, { queue, holding }) =>
  queue.maxRunning !== undefined && holding >= queue.maxRunning
    ? blocked(
        'RunningLimit',
        `queue ${queue.name} runs ${holding} of at most ${queue.maxRunning} jobs`,
        queue,
      )
    : undefined;

const quotaFull: Check = (job, { queue, used }) => {
  for (const [name, wanted] of gangTotals(job.groups)) {
    const limit = queue.quota[name];
    const inUse = used.get(name) ?? 0;
    if (limit === undefined || inUse + wanted <= limit) continue;
    const amounts = `${formatAmount(name, inUse)} of ${formatAmount(name, limit)} ${name}`;
    return blocked(
      'QuotaExceeded',
      `needs ${formatAmount(name, wanted)} ${name}; queue ${queue.name} uses ${amounts}`,
      queue,
    );
  }
  return undefined;
};

/** In this order, so that what lasts longest is said first. */
const CHECKS: readonly Check[] = [paused, tooEarly, tooLargeForQuota, runningLimit, quotaFull];

/** The first thing that is in the way, or nothing. */
export function nominate(job: PendingJob, at: QueueUsage, now: number): Refusal | undefined {
  for (const check of CHECKS) {
    const refusal = check(job, at, now);
    if (refusal) return refusal;
  }
  return undefined;
}

/** A job whose queue is gone, or whose project lost its grant after the submission. */
export function admissible(
  job: PendingJob,
  queue: Queue | undefined,
  grant: QueueGrant | undefined,
): Refusal | undefined {
  if (!queue) return { reason: 'QueueMissing', message: `there is no queue ${job.queue}`, alone: true };
  if (!grant) {
    return {
      reason: 'NotGranted',
      message: `project ${job.project} may not use queue ${job.queue}`,
      alone: true,
    };
  }
  if (job.priority > grant.maxPriority) {
    const message = `priority ${job.priority} is above ${grant.maxPriority}, the highest of project ${job.project} in queue ${job.queue}`;
    return { reason: 'NotGranted', message, alone: true };
  }
  return undefined;
}

function blocked(reason: PendingReason, message: string, queue: Queue): Refusal {
  return { reason, message, blockedBy: `queue/${queue.name}`, alone: false };
}
