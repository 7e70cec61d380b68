/**
 * How a job lies in its table: what lists, the scheduler and timers ask for stands in columns of
 * its own, the rest is kept as it is. Everything in a row is derived from the job, here.
 */
import type { QueryResultRow } from 'pg';
import type { AuditItem } from '../../../core/audit/record.ts';
import { dueAt } from '../../../core/job/due.ts';
import type { AttemptRecord, Charges, Job } from '../../../core/job/job.ts';
import { currentAttempt } from '../../../core/job/job.ts';
import type { JobSpec, Topology } from '../../../core/job/spec.ts';
import { hasEnded, holdsProcesses, type JobState } from '../../../core/job/state.ts';
import type { Transition } from '../../../core/job/transition.ts';
import type { MemberGroup } from '../../../core/scheduling/snapshot.ts';
import type { Once } from '../../../ports/job-store.ts';
import type { AuditStamp } from '../audit/audit-context.ts';
import { jsonText } from '../json-text.ts';

/** The columns that both tables have, as a job is read from them. */
export const JOB_COLUMNS = `uid, project, name, labels, spec, state, version, submitted_by, created_at,
  updated_at, fence, charges, attempts`;

/** A live job's columns in the order of `ENDED_JOB`, so that the two can be put together. */
export const LIVE_JOB = `${JOB_COLUMNS}, NULL::bigint AS ended_at`;
export const ENDED_JOB = `${JOB_COLUMNS}, ended_at`;

export interface JobRow extends QueryResultRow {
  readonly uid: string;
  readonly project: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: JobSpec;
  readonly state: JobState;
  readonly version: number;
  readonly submitted_by: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly ended_at: number | null;
  readonly fence: number;
  readonly charges: Charges;
  readonly attempts: readonly AttemptRecord[];
}

export function toJob(row: JobRow): Job {
  return {
    uid: row.uid,
    project: row.project,
    name: row.name,
    labels: row.labels,
    spec: row.spec,
    state: row.state,
    version: row.version,
    submittedBy: row.submitted_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at ?? undefined,
    fence: row.fence,
    charges: row.charges,
    attempts: row.attempts,
  };
}

/** What `INPUT_COLUMNS` reads: the next job, the version it follows, and what has to be told. */
export function transitionRow(transition: Transition, audit: AuditStamp): string {
  return submissionRow(transition, { audit });
}

/** As `transitionRow`, with the key that makes it happen once. */
export function submissionRow(
  { job, from, events }: Transition,
  { audit, once }: { readonly audit: AuditStamp; readonly once?: Once | undefined },
): string {
  const { principal, key, digest } = once ?? {};
  const told = { was: from, events: events.map(eventOf), ...consequences(job) };
  return jsonText({ ...columnsOf(job), ...told, principal, key, digest, audit });
}

/** The shape of one transition, for `jsonb_to_record`. */
export const INPUT_COLUMNS = `
  uid uuid, project text, name text, queue text, type text, priority smallint, state_name text,
  labels jsonb, created_at bigint, updated_at bigint, ended_at bigint, due_at bigint,
  start_after bigint, agent text, fence integer, version integer, submitted_by text, gang jsonb, facts jsonb,
  spec jsonb, state jsonb, charges jsonb, attempts jsonb,
  was integer, goes text, events jsonb, releases text, collect jsonb, tells boolean,
  principal text, key text, digest text, audit jsonb`;

/** What a job's transition adds to the audit record of its group. */
export function auditItem({ job }: Transition): AuditItem {
  return { project: job.project, name: job.name, uid: job.uid, state: job.state.name };
}

function columnsOf(job: Job): Record<string, unknown> {
  const { spec, state } = job;
  return {
    uid: job.uid,
    project: job.project,
    name: job.name,
    queue: spec.queue,
    type: spec.type,
    priority: spec.priority,
    state_name: state.name,
    labels: job.labels,
    created_at: whole(job.createdAt),
    updated_at: whole(job.updatedAt),
    ended_at: whole(job.endedAt),
    due_at: whole(dueAtOf(job)),
    start_after: whole(spec.startAfter),
    agent: holdsProcesses(state) ? state.agent : undefined,
    fence: job.fence,
    version: job.version,
    submitted_by: job.submittedBy,
    gang: gangOf(spec),
    facts: factsOf(spec),
    spec,
    state,
    charges: job.charges,
    attempts: job.attempts,
  };
}

/**
 * What follows from the change. `goes`: out of the live table, or on in it. `releases`: an attempt may have
 * been let go, which the statement checks on the row as it was. `collect`: that attempt has ended, and its
 * files are to be fetched. `tells`: the agent has something new to do.
 */
function consequences(job: Job): Record<string, unknown> {
  const last = currentAttempt(job);
  const holds = holdsProcesses(job.state);
  const ended = last !== undefined && (last.endedAt !== undefined || last.outcome !== undefined);
  return {
    goes: hasEnded(job.state) ? 'out' : 'on',
    releases: !holds && last !== undefined ? 'maybe' : 'no',
    collect: !holds && ended ? { attempt: last.number, agent: last.agent } : undefined,
    tells: job.state.name === 'admitted' || job.state.name === 'stopping',
  };
}

/** When the job is to be looked at again; an ended one, when its time to live is over. */
function dueAtOf(job: Job): number | undefined {
  if (!hasEnded(job.state)) return dueAt(job);
  if (job.endedAt === undefined || job.spec.ttlAfterFinishedMs === undefined) return undefined;
  return job.endedAt + job.spec.ttlAfterFinishedMs;
}

/** What the scheduler places. */
function gangOf(spec: JobSpec): readonly MemberGroup[] {
  return spec.roles.map(({ members, resources, nodeSelector, tolerations }) => ({
    count: members.min,
    ...(members.max > members.min ? { max: members.max } : {}),
    requests: resources,
    nodeSelector,
    ...(tolerations.length > 0 ? { tolerations } : {}),
  }));
}

/** What the scheduler reads of a spec beside the gang. */
export interface JobFactsColumn {
  readonly topology?: Topology | undefined;
  readonly expectedMs?: number | undefined;
  readonly checkpointEveryMs?: number | undefined;
  readonly graceMs?: number | undefined;
}

function factsOf(spec: JobSpec): JobFactsColumn {
  return {
    ...(spec.topology.level === 'none' ? {} : { topology: spec.topology }),
    expectedMs: spec.expectedDurationMs,
    checkpointEveryMs: spec.checkpoint.everyMs,
    graceMs: spec.checkpoint.graceMs,
  };
}

function eventOf(event: Transition['events'][number]): object {
  return { ...event, at: whole(event.at) };
}

/** Up, so that nothing is looked at a fraction of a millisecond too early. */
function whole(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.ceil(ms);
}
