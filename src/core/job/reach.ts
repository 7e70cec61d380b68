/** An agent falls silent, or is heard again: its jobs keep their attempts, their quota and their results. */
import { spoken } from '../time/spoken.ts';
import type { Job } from './job.ts';
import { type Decision, NOTHING, transition } from './transition.ts';

export function agentSilent(job: Job, by: { readonly now: number; readonly lastHeard: number }): Decision {
  const { state } = job;
  if (state.name !== 'admitted' && state.name !== 'running') return NOTHING;
  const { attempt, agent } = state;
  const message = `${agent} was last heard ${spoken(by.now - by.lastHeard)} ago; attempt ${attempt} keeps its place`;
  return transition(job, {
    now: by.now,
    state: {
      name: 'unreachable',
      was: state.name,
      attempt,
      agent,
      reason: 'AgentSilent',
      message,
      since: by.now,
    },
  });
}

/** It lives and has said nothing new of the attempt: all is as it was. */
export function agentHeard(job: Job, by: { readonly now: number }): Decision {
  const { state } = job;
  if (state.name !== 'unreachable') return NOTHING;
  const { attempt, agent } = state;
  return transition(job, {
    now: by.now,
    state: {
      name: state.was,
      attempt,
      agent,
      reason: 'AgentBack',
      message: `${agent} is heard again`,
      since: by.now,
    },
  });
}
