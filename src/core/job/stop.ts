/** The way out of a state that holds processes: they get the checkpoint grace, quota is freed when they are gone. */
import type { HoldingState, JobState, StopTarget } from './state.ts';

export interface Stop {
  readonly to: StopTarget;
  readonly reason: string;
  readonly message: string;
  readonly now: number;
}

export function stopping(state: HoldingState, why: Stop): JobState {
  const { to, reason, message, now } = why;
  return { name: 'stopping', attempt: state.attempt, agent: state.agent, to, reason, message, since: now };
}
