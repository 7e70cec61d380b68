/**
 * What an agent's report means for the job. A report about another attempt than the current one
 * changes nothing (invariant 2); an `ended` one is the only thing that frees quota (invariant 3).
 */
import type { AttemptObservation } from './attempt.ts';
import { endAttempt } from './end-attempt.ts';
import { type AttemptRecord, currentAttempt, type Job } from './job.ts';
import { type HoldingState, holdsProcesses, type JobState } from './state.ts';
import { type Decision, type JobEvent, NOTHING, transition, withAttempt } from './transition.ts';

export interface Observing {
  readonly agent: string;
  readonly now: number;
  /** From [0, 1), for the jitter of a backoff. */
  readonly random: number;
}

export function observe(job: Job, seen: AttemptObservation, by: Observing): Decision {
  const { state } = job;
  if (!holdsProcesses(state) || state.attempt !== seen.ref.attempt || state.agent !== by.agent)
    return NOTHING;
  const record = recordOf(job, seen);
  if (seen.phase === 'ended') {
    return withStart(endAttempt({ ...job, attempts: withAttempt(job, record) }, seen, by), state, seen);
  }
  const next = nextState(state, seen, by.now);
  const notes = newNotes(job, seen, by.now);
  if (next === state && notes.length === 0 && !changed(currentAttempt(job), record)) return NOTHING;
  const told = next === state ? notes : [...notes, eventOf(next, by.now)];
  return transition(job, {
    now: by.now,
    state: next,
    events: told,
    fields: { attempts: withAttempt(job, record) },
  });
}

/** It ran and ended between two reports: that it ran is told all the same. */
function withStart(ending: Decision, state: HoldingState, seen: AttemptObservation): Decision {
  const { startedAt } = seen;
  const unseen = state.name === 'admitted' || (state.name === 'unreachable' && state.was === 'admitted');
  if (ending.kind !== 'transition' || !unseen || startedAt === undefined) return ending;
  const { reason, message, since } = running(state, seen, startedAt);
  const told: JobEvent = { type: 'normal', reason, message, at: since, state: 'running' };
  const { transition: made } = ending;
  return { kind: 'transition', transition: { ...made, events: [told, ...made.events] } };
}

function recordOf(job: Job, seen: AttemptObservation): AttemptRecord {
  const kept = job.attempts.find((record) => record.number === seen.ref.attempt);
  return {
    ...kept,
    number: seen.ref.attempt,
    agent: kept?.agent ?? '',
    admittedAt: kept?.admittedAt ?? job.updatedAt,
    startedAt: seen.startedAt,
    endedAt: seen.endedAt,
    outcome: seen.outcome,
    members: seen.members,
    outputs: seen.outputs,
  };
}

function nextState(state: HoldingState, seen: AttemptObservation, now: number): JobState {
  const { attempt, agent } = state;
  if (state.name === 'stopping') return state;
  const runs = seen.phase === 'running' || seen.phase === 'stopping';
  if (runs && state.name !== 'running') return running(state, seen, now);
  if (!runs && state.name === 'unreachable') {
    return {
      name: 'admitted',
      attempt,
      agent,
      reason: 'AgentBack',
      message: `${agent} is heard again`,
      since: now,
    };
  }
  return state;
}

function running({ attempt, agent }: HoldingState, seen: AttemptObservation, now: number) {
  const members = seen.members.length === 1 ? '1 member runs' : `all ${seen.members.length} members run`;
  const message = `attempt ${attempt}: ${members}`;
  return {
    name: 'running',
    attempt,
    agent,
    reason: 'Started',
    message,
    since: seen.startedAt ?? now,
  } as const;
}

/** Members coming and going are worth a write; their growing use of memory is not. */
function changed(before: AttemptRecord | undefined, after: AttemptRecord): boolean {
  const shape = (record: AttemptRecord | undefined) =>
    record?.members.map((m) => `${m.rank}:${m.phase}:${m.pid ?? ''}`).join();
  return shape(before) !== shape(after);
}

function newNotes(job: Job, seen: AttemptObservation, at: number): JobEvent[] {
  const first = (currentAttempt(job)?.members.length ?? 0) === 0;
  if (!first) return [];
  return seen.notes.map((message) => ({ type: 'normal', reason: 'RunnerNote', message, at }));
}

function eventOf(state: JobState, at: number): JobEvent {
  return { type: 'normal', reason: state.reason, message: state.message, at };
}
