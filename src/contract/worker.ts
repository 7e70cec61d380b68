/** Warm workers as the API shows them. */
import { z } from 'zod';

export const WorkerView = z
  .object({
    session: z.string(),
    name: z.string().describe('As it calls itself'),
    principal: z.string(),
    server: z.string().describe('The replica that it is connected to'),
    queues: z.array(z.string()),
    handlers: z.array(z.string()),
    labels: z.record(z.string(), z.string()),
    client: z.string().optional(),
    concurrency: z.int().describe('How many tasks it takes at a time'),
    running: z.int(),
    since: z.string(),
    silentFor: z.number().describe('Seconds since it was last heard'),
  })
  .meta({ id: 'Worker' });

export const WorkerList = z.object({ items: z.array(WorkerView) }).meta({ id: 'WorkerList' });
