/**
 * A job that held processes when a backup was taken, in the store restored from it. What became of them
 * is not known: the installation that ran them may still live, and its agent answers to another store.
 * Starting another attempt could therefore run the job twice at once (invariant 2), and waiting for that
 * agent could last for ever. So the job is set aside until a person says: `capstan resume` when the old
 * installation is known to be gone, `capstan cancel` when its work is done. Who knows at the restore that
 * nothing of the old installation lives lets all of them run again, charged as lost like any other loss.
 */
import { afterFailure } from './end-attempt.ts';
import type { Job } from './job.ts';
import { holdsProcesses, type StopTarget } from './state.ts';
import { stopping } from './stop.ts';
import { type Decision, NOTHING, type Transition, transition } from './transition.ts';

export interface Restoring {
  readonly now: number;
  /** Nothing of the installation that the backup was taken from runs any more. */
  readonly oldIsGone: boolean;
}

/** The changes that the job goes through, in order; none when it held nothing. */
export function restored(job: Job, by: Restoring): readonly Transition[] {
  const { state } = job;
  if (!holdsProcesses(state)) return [];
  const to = state.name === 'stopping' ? state.to : undefined;
  if (by.oldIsGone && (to === undefined || to === 'pending' || to === 'backoff')) return steps(lost(job, by));
  const first = stopFor(job, endOf(to), by.now);
  return first.kind === 'transition' ? [first.transition, ...steps(letGo(first.transition.job, by.now))] : [];
}

/** Who asked for its end gets it: nobody waits for the processes of a store that is no more. */
function endOf(to: StopTarget | undefined): 'cancelled' | 'failed' | 'suspended' {
  return to === 'cancelled' || to === 'failed' ? to : 'suspended';
}

function stopFor(job: Job, to: StopTarget, now: number): Decision {
  const { state } = job;
  if (!holdsProcesses(state)) return NOTHING;
  const kept = state.name === 'stopping' && state.to === to ? state : undefined;
  const message =
    kept?.message ??
    `attempt ${state.attempt} ran when the backup was taken, and what became of it is unknown; resume the job when nothing of the old installation runs any more`;
  const why = { to, reason: kept?.reason ?? 'Restored', message, now };
  return transition(job, { now, state: stopping(state, why), events: [] });
}

function letGo(job: Job, now: number): Decision {
  const { state } = job;
  if (state.name !== 'stopping') return NOTHING;
  const { reason, message } = state;
  const explained = { reason, message, since: now };
  if (state.to === 'cancelled' || state.to === 'failed') {
    return transition(job, { now, state: { name: state.to, ...explained } });
  }
  return transition(job, { now, state: { name: 'suspended', ...explained } });
}

function lost(job: Job, { now }: Restoring): Decision {
  const message = 'it was running when the backup was taken that this store was restored from';
  return afterFailure(job, { kind: 'failed', reason: 'AgentLost', message }, { now, random: 0 });
}

function steps(decision: Decision): readonly Transition[] {
  return decision.kind === 'transition' ? [decision.transition] : [];
}
