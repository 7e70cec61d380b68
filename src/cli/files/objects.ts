/** The kinds of object a file may hold, each with the envelope that Kubernetes users know. */
import { z } from 'zod';
import { JobSpecInput } from '../../contract/job-spec.ts';
import { API_VERSION } from '../../contract/meta.ts';
import { PutFlavor, PutProject, PutQueue, PutQueueGrant } from '../../contract/queue.ts';
import { Labels, Name } from '../../contract/scalars.ts';
import { ScheduleName, ScheduleSpecInput } from '../../contract/schedule.ts';

/** What the server fills in: accepted, so that the output of `get -o yaml` is a file; not sent. */
const filledIn = {
  uid: z.unknown().optional().describe('Set by the server'),
  resourceVersion: z.unknown().optional().describe('Set by the server'),
  creationTimestamp: z.unknown().optional().describe('Set by the server'),
};

const labels = Labels.optional().describe('For selectors, such as team: ocr');

const status = z.unknown().optional().describe('Set by the server');

const named = z.strictObject({ name: Name, labels, ...filledIn });

function envelope<K extends string, M extends z.ZodType, S extends z.ZodType>(kind: K, metadata: M, spec: S) {
  return z.strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal(kind),
    metadata,
    spec,
    status,
  });
}

const JobMetadata = z.strictObject({
  name: Name.optional().describe('Unique among the live jobs of the project; made up when absent'),
  namespace: Name.optional().describe('The project'),
  labels,
  ...filledIn,
});

const ScheduleMetadata = z.strictObject({
  name: ScheduleName.describe('Unique in the project; its jobs are called after it'),
  namespace: Name.optional().describe('The project'),
  labels: Labels.optional().describe('For selectors; its jobs have them as well'),
  ...filledIn,
});

/** By kind, in the order in which they are applied: what is referred to comes first. */
export const OBJECTS = {
  Project: envelope('Project', named, PutProject.pick({ description: true, defaultQueue: true }).optional()),
  Flavor: envelope('Flavor', named.omit({ labels: true }), PutFlavor.omit({ name: true }).optional()),
  Queue: envelope('Queue', named, PutQueue.omit({ name: true, labels: true }).optional()),
  QueueGrant: envelope(
    'QueueGrant',
    z
      .strictObject({
        name: z.unknown().optional().describe('Made of project and queue'),
        labels,
        ...filledIn,
      })
      .optional(),
    PutQueueGrant,
  ),
  Schedule: envelope('Schedule', ScheduleMetadata, ScheduleSpecInput),
  AIJob: envelope('AIJob', JobMetadata.optional(), JobSpecInput),
} as const;

export type ObjectKind = keyof typeof OBJECTS;

export type Written<K extends ObjectKind> = z.input<(typeof OBJECTS)[K]>;
