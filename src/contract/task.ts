/**
 * A task on the wire: a job that a warm worker handles instead of a container. `task` stands in the
 * spec of an AIJob in the place of roles; everything else about the job (queue, priority, retry,
 * timeout, deadline, startAfter, ttlAfterFinished) means for a task what it means for every job.
 */
import { z } from 'zod';
import { assumed, Duration, JobRef, PositiveDuration } from './scalars.ts';

/** What a worker announces and a task asks for, such as `embed` or `vision/score.v2`. */
export const HandlerName = z
  .string()
  .max(128, 'at most 128 characters')
  .regex(/^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$/, 'letters, digits, ".", "_", "-" and "/"');

/** Any JSON: what arrives here was parsed from it, so there is nothing left to check. */
export const Json = z.unknown();

const Key = z
  .string()
  .min(1)
  .max(256)
  // Spelled without \p{Cc}, which not every reader of the OpenAPI document knows.
  .regex(/^[ -~\u00a0-\uffff]+$/, 'a text without control characters');

/** What stands for a payload of this size and more is kept in the blob store, bytes of JSON. */
export const LARGEST_INLINE = 32 * 1024;
/** Bytes of JSON. */
export const LARGEST_PAYLOAD = 16 * 1024 * 1024;
export const LARGEST_RESULT = 16 * 1024 * 1024;
/** Of one task. */
export const MOST_DEPENDENCIES = 1000;

const Concurrency = z
  .strictObject({ key: Key, limit: z.int().min(1).max(100_000) })
  .describe('At most so many tasks of this key run at a time, within the queue; the newest limit holds');

const Rate = z
  .strictObject({ key: Key, limit: z.int().min(1).max(1_000_000), per: PositiveDuration })
  .describe('At most so many tasks of this key start in each such time, within the queue');

const Unique = z
  .strictObject({ key: Key, window: PositiveDuration.optional() })
  .describe(
    'A second submission of this key is the same job: within the window, or without one until it has ended',
  );

const Dependencies = z
  .array(JobRef)
  .min(1)
  .max(MOST_DEPENDENCIES)
  .describe(
    'Tasks of the project, by uid or name, that end before this one starts; it is given their results',
  );

export const TaskInput = z
  .strictObject({
    handler: HandlerName.describe('What a worker announces'),
    payload: Json.default(null).describe('Given to the handler; any JSON'),
    fairKey: Key.optional().describe('Whose task it is: a queue serves its keys in turn'),
    concurrency: Concurrency.optional(),
    rate: Rate.optional(),
    unique: Unique.optional(),
    after: Dependencies.optional(),
    onDependencyFailure: z
      .enum(['fail', 'run'])
      .default('fail')
      .describe('What becomes of it when one of `after` does not succeed'),
    cancelGrace: assumed(Duration, '10s').describe(
      'How long a handler that is asked to stop may take before its lease is taken away',
    ),
  })
  .meta({ id: 'Task', description: 'Work for a warm worker' });

/** Why a handler failed, as its worker reports it. */
export const TaskError = z
  .object({
    message: z.string().max(8192),
    type: z.string().max(256).optional().describe('Name of the exception, for retry rules'),
    stack: z.string().max(65_536).optional(),
    retryable: z.boolean().default(true).describe('false: a dead letter at once'),
  })
  .meta({ id: 'TaskError' });

export const Progress = z
  .object({
    fraction: z.number().min(0).max(1).optional(),
    message: z.string().max(1024).optional(),
  })
  .meta({ id: 'TaskProgress' });

export type TaskError = z.output<typeof TaskError>;
export type Progress = z.output<typeof Progress>;
