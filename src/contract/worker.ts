/** Warm workers as the API shows them. */
import { z } from 'zod';
import { Json } from './task.ts';

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

export const ListWorkers = z.strictObject({});

/** One attempt of one task, as its worker addresses it. */
export const LeaseAddress = z.strictObject({
  uid: z.uuid(),
  attempt: z.coerce.number().int().min(1),
});

export const UploadResult = LeaseAddress.extend({ result: Json.describe('What the handler returned') }).meta({
  id: 'UploadResult',
});

export const Uploaded = z.object({ bytes: z.int() }).meta({ id: 'UploadedResult' });

export const DependencyAddress = LeaseAddress.extend({
  on: z.uuid().describe('The task that was waited for'),
});
