/** Projects, queues and queue grants on the wire. */
import { z } from 'zod';
import { Toleration } from './job-spec.ts';
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

const Limits = {
  borrowing: Quantities.optional().describe(
    'Most beyond its own quota, by resource; what is not named is limited by what others lend',
  ),
  lending: Quantities.optional().describe(
    'Most of its own quota that others may use, by resource; what is not named is lent as a whole',
  ),
};

const FlavorQuota = z.strictObject({
  flavor: Name.describe('Name of a flavor'),
  quota: Quantities.prefault({}).describe('What of it belongs to the queue, by resource'),
  ...Limits,
});

const QueueOrder = z.enum(['strict', 'bestEffort']);

const Preemption = z.strictObject({
  withinQueue: z
    .enum(['lowerPriority', 'never'])
    .default('lowerPriority')
    .describe('Whether its jobs take the place of its own jobs of a lower priority'),
  reclaim: z
    .enum(['any', 'lowerPriority', 'never'])
    .default('any')
    .describe('Whose jobs, of queues that borrow, its own quota is taken back from'),
});

const Disruptions = z.strictObject({
  perJob: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('Most preemptions of one job in its life; 10 when absent'),
  perHour: z.int().min(0).max(1_000_000).optional().describe('Most preemptions of all its jobs in an hour'),
});

const QueuePolicy = {
  parent: Name.optional().describe(
    'The queue above it; those of one parent lend to each other what they do not use',
  ),
  ...Limits,
  flavors: z
    .array(FlavorQuota)
    .max(32)
    .optional()
    .describe(
      'Kinds of capacity that its jobs may use, in the order in which they are tried; those of its parent when absent',
    ),
  weight: z.int().min(1).max(1_000_000).optional().describe('Its part of what siblings share; 1 when absent'),
  ordering: QueueOrder.optional().describe(
    'strict: nothing passes its first job. bestEffort (when absent): others start before it where that does not delay it',
  ),
  preemption: Preemption.optional(),
  disruptions: Disruptions.optional(),
};

export const PutQueue = z
  .strictObject({
    name: Name,
    labels: Labels.default({}),
    description: Description,
    quota: Quantities.prefault({}).describe(
      'Its own: what running jobs may hold, by resource; what no queue of the tree names is not limited',
    ),
    ...QueuePolicy,
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
      parent: z.string().optional(),
      borrowing: ResourceTotals.optional(),
      lending: ResourceTotals.optional(),
      flavors: z
        .array(
          z.object({
            flavor: z.string(),
            quota: ResourceTotals,
            borrowing: ResourceTotals.optional(),
            lending: ResourceTotals.optional(),
          }),
        )
        .optional(),
      weight: z.int().optional(),
      ordering: QueueOrder.optional(),
      preemption: Preemption.optional(),
      disruptions: Disruptions.optional(),
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

export const PutFlavor = z
  .strictObject({
    name: Name,
    description: Description,
    nodeLabels: Labels.default({}).describe('Nodes with all of these labels are of the flavor'),
    tolerations: z
      .array(Toleration)
      .max(32)
      .default([])
      .describe('Taints of its nodes, which jobs of the flavor tolerate without saying so'),
    price: z
      .int()
      .min(0)
      .max(1_000_000_000)
      .optional()
      .describe("Of a node for an hour, in thousandths of a currency's unit; shown to people"),
  })
  .meta({ id: 'PutFlavor' });

export const FlavorView = z
  .object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Flavor'),
    metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
    spec: z.object({
      description: z.string(),
      nodeLabels: z.record(z.string(), z.string()),
      tolerations: z.array(z.record(z.string(), z.string())),
      price: z.int().optional(),
    }),
  })
  .meta({ id: 'Flavor' });

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
export const FlavorList = listOf(FlavorView).meta({ id: 'FlavorList' });
export const QueueGrantList = listOf(QueueGrantView).meta({ id: 'QueueGrantList' });

export type ProjectView = z.output<typeof ProjectView>;
export type QueueView = z.output<typeof QueueView>;
export type FlavorView = z.output<typeof FlavorView>;
export type QueueGrantView = z.output<typeof QueueGrantView>;
