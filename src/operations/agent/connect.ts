/** An agent is here: what it has is known to the scheduler from now on. */
import { z } from 'zod';
import { Taint } from '../../contract/nodes-file.ts';
import { defineOperation } from '../define.ts';

const Facts = z.object({
  kind: z.enum(['process', 'kubernetes', 'simulated']),
  nodes: z.array(
    z.object({
      name: z.string().max(253),
      allocatable: z.record(z.string(), z.int()),
      labels: z.record(z.string(), z.string()),
      taints: z.array(Taint).max(100).optional(),
      unschedulable: z.boolean().optional(),
    }),
  ),
});

export const connectAgent = defineOperation({
  name: 'agent.connect',
  summary: 'Register an agent and what its machines have',
  input: z.object({ name: z.string().min(1).max(253), facts: Facts }),
  output: z.object({}),
  permission: 'agent:link',
  target: () => 'any',
  effect: 'write',
  audit: 'change',
  async handler({ input, ports, now }) {
    await ports.agents.put(input.name, input.facts, now);
    return {};
  },
});
