/**
 * A decision's result: the whole next job and the events that tell of it. The store applies it as
 * compare-and-set on the version that the decision saw.
 */
import { type AttemptRecord, type Job, KEPT_ATTEMPTS } from './job.ts';
import { hasEnded, type JobState, type StateName, TRANSITIONS } from './state.ts';

/** Something that happened to a job, for people and followers. `reason` is one word, `message` a sentence. */
export interface JobEvent {
  readonly type: 'normal' | 'warning';
  readonly reason: string;
  readonly message: string;
  readonly at: number;
  /** The state that it tells of, where that is not the one of the whole transition. */
  readonly state?: StateName | undefined;
}

export interface Transition {
  readonly job: Job;
  /** The version the decision was made on; the store refuses when the row has another. */
  readonly from: number;
  readonly events: readonly JobEvent[];
}

export type Decision =
  | { readonly kind: 'transition'; readonly transition: Transition }
  | { readonly kind: 'refused'; readonly state: JobState; readonly why: string }
  | { readonly kind: 'none' };

export const NOTHING: Decision = { kind: 'none' };

export function refused(state: JobState, why: string): Decision {
  return { kind: 'refused', state, why };
}

/** What a decision changes besides the state. */
export interface Change {
  readonly now: number;
  readonly state: JobState;
  readonly events?: readonly JobEvent[];
  readonly fields?: Partial<Pick<Job, 'labels' | 'spec' | 'fence' | 'charges' | 'attempts' | 'createdAt'>>;
}

/** Builds a transition. Throws when the arrow is not in `TRANSITIONS`: that is a defect, never an input. */
export function transition(job: Job, change: Change): Decision {
  const { state, now } = change;
  if (state.name !== job.state.name && !TRANSITIONS[job.state.name].includes(state.name)) {
    throw new Error(`no transition from ${job.state.name} to ${state.name} (job ${job.uid})`);
  }
  const next: Job = {
    ...job,
    ...change.fields,
    state,
    version: job.version + 1,
    updatedAt: now,
    endedAt: hasEnded(state) ? now : undefined,
  };
  const events = change.events ?? [event(state, now)];
  return { kind: 'transition', transition: { job: next, from: job.version, events } };
}

/** The event that a change of state tells by itself. */
function event(state: JobState, at: number): JobEvent {
  const type = state.name === 'failed' || state.name === 'backoff' || state.name === 'unreachable';
  return { type: type ? 'warning' : 'normal', reason: state.reason, message: state.message, at };
}

/** Replaces the record of one attempt, or adds it; keeps the last `KEPT_ATTEMPTS`. */
export function withAttempt(job: Job, record: AttemptRecord): readonly AttemptRecord[] {
  const others = job.attempts.filter((kept) => kept.number !== record.number);
  return [...others, record].sort((a, b) => a.number - b.number).slice(-KEPT_ATTEMPTS);
}
