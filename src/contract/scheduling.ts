/** Why jobs wait, what would be if something changed, and what was decided, on the wire. Times are RFC 3339. */
import { z } from 'zod';
import { JobAddress, SubmitJob } from './job.ts';
import { Name, Quantities } from './scalars.ts';

export const WhyInput = JobAddress.extend({
  help: z
    .stringbool()
    .or(z.boolean())
    .default(false)
    .describe('Also the smallest changes that would start it now; takes up to two seconds'),
}).meta({ id: 'WhyInput' });

const Blocker = z.object({
  what: z
    .string()
    .describe('job/PROJECT/NAME or queue/NAME; "a job of another project" where that is not yours to see'),
  how: z.string(),
  until: z.string().optional().describe('When it is expected to be out of the way'),
});

export const WhyView = z
  .object({
    job: z.string(),
    project: z.string(),
    uid: z.string(),
    state: z.string(),
    reason: z.string(),
    message: z.string(),
    since: z.string(),
    live: z.boolean().describe('False: as it was written down last; another server schedules and knows more'),
    queue: z.string(),
    position: z.int().optional().describe('Place in its queue, from 1'),
    of: z.int().optional().describe('Jobs that wait in its queue'),
    blockers: z.array(Blocker),
    reserved: z
      .object({ at: z.string(), for: z.enum(['capacity', 'quota', 'preemption']) })
      .optional()
      .describe('Room is kept for it: when it is expected to be there, and what it waits for'),
    expected: z
      .object({ at: z.string(), from: z.string(), to: z.string() })
      .optional()
      .describe('When it is expected to start, and the interval in which 8 of 10 do'),
    preempted: z
      .array(z.object({ attempt: z.int(), by: z.string(), reason: z.string(), lost: z.number() }))
      .describe(
        'Attempts that lost their place: to whom, why, and seconds of work since the last checkpoint',
      ),
    suggestions: z
      .array(z.object({ kind: z.string(), sentence: z.string() }))
      .optional()
      .describe('Each would start it now, proved by scheduling with it'),
  })
  .meta({ id: 'Why' });

export type WhyView = z.output<typeof WhyView>;

const NewNodes = z.strictObject({
  like: z.string().optional().describe('Name of a node that they are like'),
  count: z.int().min(1).max(10_000).default(1),
  allocatable: Quantities.optional().describe('Without like: what each has'),
  labels: z.record(z.string(), z.string()).default({}),
});

export const WhatIfInput = z
  .strictObject({
    addNodes: z.array(NewNodes).max(20).default([]),
    drain: z.array(z.string()).max(10_000).default([]).describe('Nodes: what runs there waits again'),
    cordon: z.array(z.string()).max(10_000).default([]).describe('Nodes: what runs there stays'),
    quota: z
      .array(z.strictObject({ queue: Name, flavor: Name.optional(), quota: Quantities }))
      .max(100)
      .default([])
      .describe('Own quota of queues, instead of what it is'),
    pause: z.array(Name).max(100).default([]),
    resume: z.array(Name).max(100).default([]),
    submit: z.array(SubmitJob).max(1000).default([]),
  })
  .meta({ id: 'WhatIfInput' });

const Moved = z.object({ project: z.string(), job: z.string(), queue: z.string() });
const Totals = z.object({ starts: z.int(), waits: z.int(), preempted: z.int() });

export const WhatIfView = z
  .object({
    starts: z
      .array(
        Moved.extend({
          agent: z.string(),
          again: z.boolean().describe('It runs now, loses its node, and starts elsewhere'),
        }),
      )
      .describe('Start with it and not without it'),
    waits: z
      .array(Moved.extend({ reason: z.string(), message: z.string() }))
      .describe('Would have started, or run now, and wait with it'),
    preempted: z.array(Moved.extend({ by: z.string(), reason: z.string() })),
    hidden: z.int().describe('Jobs of projects that are not yours to see, among those above'),
    before: Totals.describe('The next cycle as it is'),
    after: Totals.describe('The next cycle with it'),
  })
  .meta({ id: 'WhatIf' });

export type WhatIfView = z.output<typeof WhatIfView>;

export const DecisionsInput = z
  .strictObject({
    from: z.coerce.number().int().min(1).default(1).describe('Number of the first'),
    base: z
      .stringbool()
      .or(z.boolean())
      .default(true)
      .describe(
        'Begins at the base before it, without which it can not be made again; false for further pages',
      ),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  })
  .meta({ id: 'DecisionsInput' });

export const DecisionList = z
  .object({
    items: z.array(
      z.object({
        seq: z.int(),
        at: z.string(),
        kind: z.enum(['base', 'delta']),
        version: z.string().describe('Of the scheduler that made it'),
        body: z.string().describe('Base64 of compressed JSON: what it was made on, and the plan'),
      }),
    ),
    last: z.int().describe('Number of the latest'),
  })
  .meta({ id: 'DecisionList' });

export type DecisionList = z.output<typeof DecisionList>;
