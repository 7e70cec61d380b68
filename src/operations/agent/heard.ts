/** An agent gave a sign of life, or said good-bye. */
import { z } from 'zod';
import { defineOperation } from '../define.ts';

export const heardAgent = defineOperation({
  name: 'agent.heard',
  summary: 'Note that an agent was heard, or is gone',
  input: z.object({ name: z.string(), gone: z.boolean() }),
  output: z.object({}),
  permission: 'agent:link',
  target: () => 'any',
  effect: 'write',
  audit: 'none',
  async handler({ input, ports, now }) {
    if (input.gone) await ports.agents.gone(input.name, now);
    else await ports.agents.heard(input.name, now);
    return {};
  },
});
