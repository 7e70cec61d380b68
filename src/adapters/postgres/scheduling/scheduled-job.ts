/** A live job as the scheduler sees it: without its spec, which a queue of many jobs would make long to read. */
import type { QueryResultRow } from 'pg';
import type { AttemptRecord } from '../../../core/job/job.ts';
import type { JobState } from '../../../core/job/state.ts';
import type { HoldingJob, JobFacts, MemberGroup, PendingJob } from '../../../core/scheduling/snapshot.ts';
import type { JobFactsColumn } from '../jobs/job-row.ts';

export const SCHEDULED_COLUMNS = `uid, name, project, queue, priority, created_at, start_after, agent, gang, facts,
  state, (charges ->> 'preempted')::integer AS preempted, version,
  CASE WHEN agent IS NOT NULL THEN attempts -> -1 END AS attempt`;

export interface ScheduledRow extends QueryResultRow {
  readonly uid: string;
  readonly name: string;
  readonly project: string;
  readonly queue: string;
  readonly priority: number;
  readonly created_at: number;
  readonly start_after: number | null;
  readonly agent: string | null;
  readonly gang: readonly MemberGroup[];
  readonly facts: JobFactsColumn;
  readonly state: JobState;
  readonly preempted: number;
  readonly version: number;
  readonly attempt: AttemptRecord | null;
}

function factsOf({
  uid,
  name,
  project,
  queue,
  priority,
  created_at,
  gang,
  facts,
  preempted,
}: ScheduledRow): JobFacts {
  return {
    uid,
    name,
    project,
    queue,
    priority,
    createdAt: created_at,
    groups: gang,
    topology: facts.topology,
    expectedMs: facts.expectedMs,
    checkpointEveryMs: facts.checkpointEveryMs,
    graceMs: facts.graceMs,
    preemptions: preempted,
  };
}

/** @throws TypeError when the row is of another state */
export function toPending(row: ScheduledRow): PendingJob {
  if (row.state.name !== 'pending') throw new TypeError(`${row.uid} is ${row.state.name}`);
  const { reason, message } = row.state;
  return { ...factsOf(row), startAfter: row.start_after ?? undefined, reason, message, version: row.version };
}

/** From the end of its grace to when its agent has told that it is gone, milliseconds. */
const GOING = 2000;

export function toHolding(row: ScheduledRow): HoldingJob {
  const { state, attempt, facts, agent } = row;
  return {
    ...factsOf(row),
    agent: agent!,
    flavor: attempt?.flavor,
    placed: attempt?.placed,
    admittedAt: attempt?.admittedAt,
    startedAt: attempt?.startedAt,
    backfilled: attempt?.backfilled,
    stopsBy: state.name === 'stopping' ? state.since + (facts.graceMs ?? 0) + GOING : undefined,
    unreachable: state.name === 'unreachable' ? true : undefined,
  };
}
