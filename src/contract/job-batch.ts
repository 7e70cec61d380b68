/** Many jobs at once: submitted together, waited for together, redriven by what they have in common. */
import { z } from 'zod';
import { STATE_NAMES } from '../core/job/state.ts';
import { IdempotencyKey } from './job.ts';
import { JobSpecInput } from './job-spec.ts';
import { LabelSelector } from './meta.ts';
import { Duration, JobRef, Labels, Name } from './scalars.ts';
import { HandlerName, Json, TaskError } from './task.ts';

export const MOST_IN_BATCH = 10_000;

const project = Name.default('default').describe('The project (a namespace on a cluster)');

export const BatchItem = z.strictObject({
  name: Name.optional().describe('Unique among the live jobs of the project'),
  labels: Labels.default({}),
  spec: JobSpecInput,
});

export const SubmitBatch = z
  .strictObject({
    project,
    mode: z
      .enum(['each', 'all'])
      .default('each')
      .describe('each: an answer for every job. all: every job or none; tasks only'),
    // Each is checked by itself: one bad job is no reason to refuse its neighbours.
    jobs: z
      .array(z.unknown())
      .min(1)
      .max(MOST_IN_BATCH)
      .describe('As in POST /api/v1/jobs: {name?, labels?, spec}. A task may wait for those before it'),
    idempotencyKey: IdempotencyKey.optional().describe(
      'Of the whole batch; each job has its own place in it',
    ),
  })
  .meta({ id: 'SubmitBatch' });

export const BatchAnswer = z
  .object({
    items: z.array(
      z.union([
        z.object({ uid: z.string(), name: z.string(), repeated: z.boolean() }),
        z.object({
          error: z.object({
            code: z.string(),
            message: z.string(),
            details: z
              .array(z.object({ path: z.string(), expected: z.string(), got: z.string() }))
              .optional(),
          }),
        }),
      ]),
    ),
    submitted: z.int(),
    repeated: z.int(),
    failed: z.int(),
  })
  .meta({ id: 'BatchAnswer' });

export const WaitJobs = z
  .strictObject({
    project,
    jobs: z.array(JobRef).min(1).max(MOST_IN_BATCH).describe('Uids or names'),
    timeout: Duration.prefault('20s')
      .refine((ms) => ms <= 30_000, 'at most 30s: call again')
      .describe('How long to hold the answer back'),
    until: z.enum(['all', 'any']).default('all').describe('Which of them must have ended'),
  })
  .meta({ id: 'WaitJobs' });

export const EndedJob = z
  .object({
    uid: z.string(),
    name: z.string(),
    state: z.enum(STATE_NAMES),
    reason: z.string(),
    message: z.string(),
    result: Json.optional(),
    resultBytes: z
      .int()
      .optional()
      .describe('Size of a result that is not shown here: GET …/result reads it'),
    error: TaskError.optional(),
  })
  .meta({ id: 'EndedJob' });

export const WaitAnswer = z
  .object({
    done: z.boolean().describe('False: call again'),
    jobs: z.array(EndedJob).describe('Those that have ended'),
    waiting: z.int().describe('How many have not'),
  })
  .meta({ id: 'WaitAnswer' });

export const RedriveJobs = z
  .strictObject({
    project,
    queue: Name.optional(),
    handler: HandlerName.optional(),
    selector: LabelSelector.optional().describe('Label selector, as kubectl spells it'),
    newerThan: Duration.optional(),
    olderThan: Duration.optional(),
    limit: z.int().min(1).max(10_000).default(1000),
    dryRun: z.boolean().default(false).describe('Count them, change nothing'),
    reason: z.string().max(500).optional(),
  })
  .meta({ id: 'RedriveJobs' });

export const RedriveAnswer = z
  .object({ matched: z.int(), redriven: z.int(), more: z.boolean().describe('There are more: call again') })
  .meta({ id: 'RedriveAnswer' });
