/** The files of an ended attempt are in the blob store; its agent may forget them. */
import { z } from 'zod';
import { defineOperation } from '../define.ts';

export const attemptCollected = defineOperation({
  name: 'agent.collected',
  summary: 'Note that the files of an ended attempt were fetched',
  input: z.object({ ref: z.object({ job: z.uuid(), attempt: z.int() }) }),
  output: z.object({}),
  permission: 'agent:link',
  effect: 'write',
  audit: 'none',
  async handler({ input, ports }) {
    await ports.agents.collected(input.ref);
    return {};
  },
});
