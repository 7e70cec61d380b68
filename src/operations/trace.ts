/** The trace of a job: from its submission through the queue to its attempts. Nothing until an SDK is registered. */
import { type Context, context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import type { AttemptRecord, Job } from '../core/job/job.ts';

/**
 * Kept with the job, and handed to its members and handlers: of the span under way; where no SDK is registered
 * the caller's own, so that a trace goes on behind a server that records none.
 */
export function currentTraceparent(callers: string | undefined): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? callers;
}

/** Tells of an attempt that has ended: how long it waited, how long each of its members ran. */
export function traceAttempt(job: Job, attempt: AttemptRecord): void {
  const { traceparent } = job.spec;
  if (traceparent === undefined) return;
  const parent = propagation.extract(context.active(), { traceparent });
  const since = job.attempts.length > 1 ? attempt.admittedAt : job.createdAt;
  record('job.queued', {
    parent,
    from: since,
    to: attempt.admittedAt,
    facts: { 'capstan.queue': job.spec.queue },
  });
  const within = recordAttempt(job, attempt, parent);
  for (const { role, index, startedAt, endedAt, exit } of attempt.members) {
    if (startedAt === undefined) continue;
    const facts = { 'capstan.member': `${role}-${index}`, 'process.exit.code': exit?.exitCode ?? -1 };
    record('member', { parent: within, from: startedAt, to: endedAt ?? startedAt, facts });
  }
}

interface Spanned {
  readonly parent: Context;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly facts: Readonly<Record<string, string | number>>;
}

function recordAttempt(job: Job, attempt: AttemptRecord, parent: Context): Context {
  const facts = { 'capstan.job': job.uid, 'capstan.attempt': attempt.number, 'capstan.agent': attempt.agent };
  const failed = attempt.outcome?.kind === 'failed' ? attempt.outcome.reason : undefined;
  return record(
    'attempt',
    { parent, from: attempt.admittedAt, to: attempt.endedAt ?? attempt.admittedAt, facts },
    failed,
  );
}

function record(name: string, { parent, from, to, facts }: Spanned, failed?: string): Context {
  const span = trace
    .getTracer('capstan.jobs')
    .startSpan(name, { startTime: from, attributes: facts }, parent);
  if (failed !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failed });
  span.end(to);
  return trace.setSpan(parent, span);
}
