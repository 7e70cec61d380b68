/** Agents that are not heard: their jobs say so, and keep their places. */
import { agentSilent } from '../core/job/reach.ts';
import type { AgentRecord } from '../ports/agent-store.ts';
import type { Ports } from '../ports/index.ts';

/** How long an agent may be silent before its jobs count as unreachable, milliseconds: four heartbeats. */
export const SILENT_AFTER = 20_000;

const LOOK_AGAIN = 5000;

/** @param startedAt an agent that could not be heard because the server was down gets its time from here */
export async function silenceRound(ports: Ports, startedAt: number): Promise<number> {
  const now = ports.clock.now();
  const silent = (await ports.agents.list()).filter(
    ({ lastHeard }) => now - Math.max(lastHeard, startedAt) > SILENT_AFTER,
  );
  for (const agent of silent) await tell(ports, agent, now);
  return LOOK_AGAIN;
}

async function tell(ports: Ports, { name, lastHeard, connected }: AgentRecord, now: number): Promise<void> {
  if (connected) await ports.agents.gone(name, now);
  for (const job of await ports.jobs.heldBy(name)) {
    const decision = agentSilent(job, { now, lastHeard });
    if (decision.kind === 'transition') await ports.jobs.apply(decision.transition);
  }
}
