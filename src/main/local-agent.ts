/** The agent inside `capstan up`: the loops and messages of a remote one, over an in-memory link. */
import type { Logger } from 'pino';
import { memoryPair } from '../adapters/memory-link/channel.ts';
import { runAgent } from '../agent/agent.ts';
import type { FromAgent, ReadAnswer, ReadRequest, ToAgent } from '../contract/agent-link.ts';
import { grantOf } from '../core/access/grants.ts';
import type { Principal } from '../core/access/principal.ts';
import type { Runner } from '../ports/runner.ts';
import type { ControlPlane } from './control-plane.ts';

export interface LocalAgentOptions {
  readonly name: string;
  readonly runner: Runner;
  readonly plane: ControlPlane;
  readonly log: Logger;
}

/** Until the signal aborts. */
export async function runLocalAgent(
  { name, runner, plane, log }: LocalAgentOptions,
  signal: AbortSignal,
): Promise<void> {
  const principal: Principal = { id: `agent/${name}`, kind: 'agent', grants: [grantOf('agent')] };
  const dialer = {
    dial: async () => {
      const [control, serverControl] = memoryPair<ToAgent, FromAgent>();
      const [data, serverData] = memoryPair<ReadRequest, ReadAnswer>();
      plane.agents
        .serve(plane.ports, { principal, control: serverControl, data: serverData })
        .catch((error: unknown) => {
          log.warn({ err: error }, 'the local agent was cut off');
        });
      return { control, data };
    },
  };
  const onTrouble = (what: string, error: unknown) =>
    log.warn({ err: error, what }, 'the local agent has trouble');
  await runAgent({ name, runner, dialer, onTrouble }, signal);
}
