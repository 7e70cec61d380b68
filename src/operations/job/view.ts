/** A job as the API shows it. */

import type { JobView } from '../../contract/job.ts';
import { specToWire } from '../../contract/job-spec-wire.ts';
import { API_VERSION } from '../../contract/meta.ts';
import { formatTime } from '../../contract/scalars.ts';
import type { MemberObservation } from '../../core/job/attempt.ts';
import type { AttemptRecord, Job } from '../../core/job/job.ts';
import { holdsProcesses } from '../../core/job/state.ts';

export function viewJob(job: Job): JobView {
  return {
    apiVersion: API_VERSION,
    kind: 'AIJob',
    metadata: {
      name: job.name,
      namespace: job.project,
      uid: job.uid,
      labels: { ...job.labels },
      resourceVersion: String(job.version),
      creationTimestamp: formatTime(job.createdAt),
    },
    spec: specToWire(job.spec),
    status: viewStatus(job),
  };
}

function viewStatus(job: Job): JobView['status'] {
  const { state } = job;
  return {
    state: state.name,
    reason: state.reason,
    message: state.message,
    since: formatTime(state.since),
    attempt: job.fence,
    submittedBy: job.submittedBy,
    updatedAt: formatTime(job.updatedAt),
    ...timeOf('endedAt', job.endedAt),
    ...(state.name === 'backoff' ? { retryAt: formatTime(state.until) } : {}),
    ...(state.name === 'stopping' ? { stoppingTo: state.to } : {}),
    charges: { ...job.charges },
    attempts: job.attempts.map((attempt) => viewAttempt(job, attempt)),
    ...(job.spec.task ? viewTask(job) : {}),
  };
}

function viewTask(job: Job): Partial<JobView['status']> {
  const { result, resultBytes, progress } = job.outcome ?? {};
  const error = job.state.name === 'succeeded' ? undefined : errorOf(job);
  const payloadBytes = job.spec.task?.payloadBytes;
  return {
    ...(result === undefined ? {} : { result: JSON.parse(result) }),
    ...(resultBytes === undefined ? {} : { resultBytes }),
    ...(payloadBytes === undefined ? {} : { payloadBytes }),
    ...(error ? { error } : {}),
    ...(progress ? { progress: { ...progress, at: formatTime(progress.at) } } : {}),
    ...(holdsProcesses(job.state) ? { worker: job.state.agent } : {}),
  };
}

/** What the handler of a task threw last. */
export function errorOf({ attempts }: Job): JobView['status']['error'] {
  const outcome = attempts.findLast((attempt) => attempt.outcome)?.outcome;
  return outcome?.kind === 'failed' && outcome.error ? { ...outcome.error } : undefined;
}

function viewAttempt(job: Job, attempt: AttemptRecord): JobView['status']['attempts'][number] {
  return {
    number: attempt.number,
    agent: attempt.agent,
    admittedAt: formatTime(attempt.admittedAt),
    ...timeOf('startedAt', attempt.startedAt),
    ...timeOf('endedAt', attempt.endedAt),
    ...(attempt.outcome ? { outcome: viewOutcome(attempt.outcome) } : {}),
    ...viewPlace(job, attempt),
    members: attempt.members.map(viewMember),
    outputs: attempt.outputs.map((output) => ({ ...output })),
  };
}

/** Where the scheduler put it, and who took its place. */
function viewPlace(job: Job, { flavor, domain, placed, backfilled, preempted }: AttemptRecord) {
  return {
    flavor,
    domain,
    placed: placed?.map(({ node, group, count }) => ({
      node,
      role: job.spec.roles[group]?.name ?? '',
      members: count,
    })),
    backfilled,
    preempted: preempted && {
      by: preempted.byName,
      uid: preempted.by,
      reason: preempted.reason,
      lost: preempted.lostMs / 1000,
    },
  };
}

function viewOutcome(outcome: NonNullable<AttemptRecord['outcome']>) {
  if (outcome.kind !== 'failed') return { kind: outcome.kind };
  const { member, error, ...rest } = outcome;
  return { ...rest, member: member && { ...member }, error: error && { ...error } };
}

function viewMember(member: MemberObservation): JobView['status']['attempts'][number]['members'][number] {
  const { role, index, rank, phase, pid, node } = member;
  return {
    role,
    index,
    rank,
    phase,
    pid,
    node,
    ...timeOf('startedAt', member.startedAt),
    ...timeOf('endedAt', member.endedAt),
    ...member.exit,
    peakMemory: member.peakMemoryBytes,
    cpuTime: member.cpuMs === undefined ? undefined : member.cpuMs / 1000,
  };
}

function timeOf<K extends string>(name: K, at: number | undefined): { [P in K]?: string } {
  return (at === undefined ? {} : { [name]: formatTime(at) }) as { [P in K]?: string };
}
