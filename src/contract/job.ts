/** Jobs on the wire: what is submitted, what is shown. */
import { z } from 'zod';
import { STATE_NAMES } from '../core/job/state.ts';
import { JobSpecInput } from './job-spec.ts';
import { API_VERSION, Cursor, commaList, LabelSelector, Limit, listOf } from './meta.ts';
import { Duration, JobRef, LabelKey, Labels, LabelValue, Name } from './scalars.ts';
import { HandlerName, Json, TaskError } from './task.ts';

export const IdempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces');

const project = Name.default('default').describe('The project (a namespace on a cluster)');

export const SubmitJob = z.strictObject({
  project,
  name: Name.optional().describe('Unique among the live jobs of the project; made up when absent'),
  labels: Labels.default({}),
  spec: JobSpecInput,
  idempotencyKey: IdempotencyKey.optional().describe(
    'Also as header Idempotency-Key: a repeated submission is the same job',
  ),
  dryRun: z.boolean().default(false).describe('Check everything, store nothing'),
});

const StateName = z.enum(STATE_NAMES);

/** `project/job` addresses one job, by name (the live one, else the latest) or by uid. */
export const JobAddress = z.strictObject({ project: Name, job: JobRef });

export const ListJobs = z.strictObject({
  project: Name.optional().describe('Only of this project'),
  state: commaList(StateName).optional().describe('Only in these states, separated by commas'),
  queue: Name.optional(),
  type: z.enum(['training', 'inference', 'evaluation', 'simulation', 'batch']).optional(),
  handler: HandlerName.optional().describe('Only tasks of this handler'),
  selector: LabelSelector.optional().describe('Label selector, as kubectl spells it'),
  newerThan: Duration.optional().describe('Submitted within this time'),
  olderThan: Duration.optional().describe('Submitted longer ago than this'),
  cursor: Cursor.optional(),
  limit: Limit,
});

export const UpdateJob = JobAddress.extend({
  priority: z.int().min(0).max(100).optional(),
  queue: Name.optional(),
  labels: z.record(LabelKey, LabelValue.nullable()).optional().describe('Merged; null removes a label'),
  resourceVersion: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe('Refuse when the job has changed since'),
});

export const StopJob = JobAddress.extend({ reason: z.string().max(500).optional() });

const Outcome = z.object({
  kind: z.enum(['succeeded', 'failed', 'stopped']),
  reason: z.string().optional(),
  message: z.string().optional(),
  member: z.object({ role: z.string(), index: z.int() }).optional(),
  exitCode: z.int().optional(),
  signal: z.string().optional(),
  error: TaskError.optional(),
});

const Member = z.object({
  role: z.string(),
  index: z.int(),
  rank: z.int(),
  phase: z.enum(['waiting', 'running', 'ended']),
  pid: z.int().optional(),
  node: z.string().optional(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  exitCode: z.int().optional(),
  signal: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  peakMemory: z.int().optional().describe('Bytes, proportional set size'),
  cpuTime: z.number().optional().describe('Seconds'),
});

const Attempt = z.object({
  number: z.int(),
  agent: z.string(),
  admittedAt: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  outcome: Outcome.optional(),
  flavor: z.string().optional().describe('Of its nodes'),
  domain: z.string().optional().describe('The zone, rack or node that holds all of it'),
  placed: z
    .array(z.object({ node: z.string(), role: z.string(), members: z.int() }))
    .optional()
    .describe('Where its members were put'),
  backfilled: z
    .boolean()
    .optional()
    .describe('It passed the first of its queue, which it was expected not to delay'),
  preempted: z
    .object({
      by: z.string().describe('The job that got its place'),
      uid: z.string(),
      reason: z.enum(['Reclaimed', 'HigherPriority', 'Overrun']),
      lost: z.number().describe('Work since its last checkpoint, seconds'),
    })
    .optional(),
  members: z.array(Member),
  outputs: z.array(z.object({ name: z.string(), path: z.string(), bytes: z.int() })),
});

const TaskProgressView = z.object({
  fraction: z.number().optional().describe('From 0 to 1'),
  message: z.string().optional(),
  at: z.string(),
});

export const JobView = z
  .object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('AIJob'),
    metadata: z.object({
      name: z.string(),
      namespace: z.string(),
      uid: z.string(),
      labels: z.record(z.string(), z.string()),
      resourceVersion: z.string(),
      creationTimestamp: z.string(),
    }),
    spec: z
      .record(z.string(), z.unknown())
      .describe('As submitted, every default filled in; may be submitted again'),
    status: z.object({
      state: StateName,
      reason: z.string(),
      message: z.string(),
      since: z.string(),
      attempt: z.int().describe('Number of the latest attempt; 0 before the first'),
      submittedBy: z.string(),
      updatedAt: z.string(),
      endedAt: z.string().optional(),
      retryAt: z.string().optional().describe('End of the backoff'),
      stoppingTo: z.string().optional().describe('Where a stopping job goes'),
      charges: z.object({ failed: z.int(), lost: z.int(), preempted: z.int() }),
      attempts: z.array(Attempt).describe('The last 20'),
      result: Json.optional().describe('What the handler of a task returned, where it is at most 32 KiB'),
      resultBytes: z.int().optional().describe('Size of a larger result: GET …/result reads it'),
      payloadBytes: z.int().optional().describe('Size of a payload above 32 KiB: GET …/payload reads it'),
      error: TaskError.optional().describe('What the handler of a task threw last'),
      progress: TaskProgressView.optional(),
      worker: z.string().optional().describe('Session of the worker that holds the task'),
    }),
  })
  .meta({ id: 'Job', description: 'An AI job: what was asked for and what became of it' });

export type JobView = z.output<typeof JobView>;

export const JobList = listOf(JobView).meta({ id: 'JobList' });

export const Submitted = JobView.extend({
  repeated: z.boolean().describe('True when this submission was known already'),
}).meta({ id: 'SubmittedJob' });

export const Deleted = z.object({ deleted: z.boolean() }).meta({ id: 'Deleted' });
