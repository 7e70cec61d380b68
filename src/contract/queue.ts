/** Projects, queues and queue grants on the wire. */
import { z } from 'zod';
import { API_VERSION, Cursor, Limit, listOf } from './meta.ts';
import { Labels, Name, Quantities } from './scalars.ts';

const Description = z.string().max(500).default('');

export const PutProject = z
  .strictObject({
    name: Name,
    labels: Labels.default({}),
    description: Description,
    defaultQueue: Name.optional().describe('Queue of jobs that name none'),
  })
  .meta({ id: 'PutProject' });

const ResourceTotals = z.record(z.string(), z.string());

export const ProjectView = z
  .object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Project'),
    metadata: z.object({
      name: z.string(),
      labels: z.record(z.string(), z.string()),
      creationTimestamp: z.string(),
    }),
    spec: z.object({ description: z.string(), defaultQueue: z.string().optional() }),
    status: z.object({ jobs: z.record(z.string(), z.int()).describe('Live jobs by state') }),
  })
  .meta({ id: 'Project' });

export const PutQueue = z
  .strictObject({
    name: Name,
    labels: Labels.default({}),
    description: Description,
    quota: Quantities.prefault({}).describe(
      'Most that running jobs may hold, by resource; what is not named is not limited',
    ),
    maxRunning: z.int().min(0).max(1_000_000).optional().describe('Most jobs that hold quota at a time'),
    state: z
      .enum(['open', 'paused', 'draining'])
      .default('open')
      .describe('paused: starts nothing. draining: also accepts nothing'),
  })
  .meta({ id: 'PutQueue' });

export const QueueView = z
  .object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Queue'),
    metadata: z.object({
      name: z.string(),
      labels: z.record(z.string(), z.string()),
      creationTimestamp: z.string(),
    }),
    spec: z.object({
      description: z.string(),
      quota: ResourceTotals,
      maxRunning: z.int().optional(),
      state: z.enum(['open', 'paused', 'draining']),
    }),
    status: z.object({
      pending: z.int().describe('Jobs that wait to start, backoff included'),
      holding: z.int().describe('Jobs that hold quota'),
      used: ResourceTotals,
    }),
  })
  .meta({ id: 'Queue' });

export const PutQueueGrant = z
  .strictObject({
    project: Name,
    queue: Name,
    maxPriority: z
      .int()
      .min(0)
      .max(100)
      .default(100)
      .describe('Highest priority that the project may use there'),
  })
  .meta({ id: 'PutQueueGrant' });

export const QueueGrantView = z
  .object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('QueueGrant'),
    metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
    spec: z.object({ project: z.string(), queue: z.string(), maxPriority: z.int() }),
  })
  .meta({ id: 'QueueGrant' });

export const Named = z.strictObject({ name: Name });
export const GrantAddress = z.strictObject({ project: Name, queue: Name });
export const Page = z.strictObject({ cursor: Cursor.optional(), limit: Limit });

export const ProjectList = listOf(ProjectView).meta({ id: 'ProjectList' });
export const QueueList = listOf(QueueView).meta({ id: 'QueueList' });
export const QueueGrantList = listOf(QueueGrantView).meta({ id: 'QueueGrantList' });

export type ProjectView = z.output<typeof ProjectView>;
export type QueueView = z.output<typeof QueueView>;
export type QueueGrantView = z.output<typeof QueueGrantView>;
