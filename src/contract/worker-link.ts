/**
 * The messages of a worker's connection: one WebSocket at `/api/v1/worker`, subprotocol
 * `capstan.worker.v1`, JSON texts. `docs/worker-protocol.md` tells their order and what each side owes.
 */
import { z } from 'zod';
import { JobRef, Labels, Name, Uuid } from './scalars.ts';
import { HandlerName, Json, Progress, TaskError } from './task.ts';

export const WORKER_PROTOCOL = 'capstan.worker.v1';

/** Bytes of one message at most, either way; a larger result is sent by HTTP first. */
export const LARGEST_MESSAGE = 4 * 1024 * 1024;

/** A lease: one attempt of one task. */
const Lease = { uid: Uuid, attempt: z.int().min(1) };

export const Hello = z.strictObject({
  type: z.literal('hello'),
  /** Of this process, for people: host and process id, say. */
  name: z.string().min(1).max(253),
  handlers: z.array(HandlerName).min(1).max(256),
  queues: z.array(Name).min(1).max(64),
  labels: Labels.default({}),
  /** How many tasks it takes at a time. */
  concurrency: z.int().min(0).max(10_000),
  /** Name and version of the client. */
  client: z.string().max(128).optional(),
  /** To go on after a break: the session of before, and the leases that it still holds. */
  session: Uuid.optional(),
  holding: z.array(z.strictObject(Lease)).max(10_000).default([]),
});

export const Done = z.strictObject({
  type: z.literal('done'),
  results: z
    .array(
      z.strictObject({
        ...Lease,
        /** Any JSON; absent when it failed, or when the result was sent by HTTP. */
        result: Json.optional(),
        error: TaskError.optional(),
        /** The handler ended because it was asked to. */
        stopped: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(10_000),
});

export const Report = z.strictObject({
  type: z.literal('report'),
  items: z
    .array(
      z.strictObject({
        ...Lease,
        progress: Progress.optional(),
        /** Lines that the handler logged, in their order. */
        lines: z.array(z.string().max(16_384)).max(1000).optional(),
      }),
    )
    .min(1)
    .max(10_000),
});

/** Sent as often as `welcome.heartbeatMs` says; it prolongs every lease of the session at once. */
export const Heartbeat = z.strictObject({ type: z.literal('heartbeat') });

/** Another concurrency from now on; 0 drains. */
export const Resize = z.strictObject({ type: z.literal('resize'), concurrency: z.int().min(0).max(10_000) });

/** Nothing is held any more: the session ends. */
export const Bye = z.strictObject({ type: z.literal('bye') });

export const FromWorker = z.discriminatedUnion('type', [Hello, Done, Report, Heartbeat, Resize, Bye]);

export const Welcome = z.object({
  type: z.literal('welcome'),
  session: Uuid,
  heartbeatMs: z.int(),
  /** Without a heartbeat for so long, its tasks are given to others. */
  leaseMs: z.int(),
  /** Leases of `hello.holding` that are not the session's any more: stop their handlers, report nothing. */
  lost: z.array(z.object(Lease)),
});

export const Tasks = z.object({
  type: z.literal('tasks'),
  tasks: z.array(
    z.object({
      ...Lease,
      name: z.string(),
      project: z.string(),
      queue: z.string(),
      handler: z.string(),
      payload: Json.optional(),
      /** The payload is large: GET this path with the same key. */
      payloadPath: z.string().optional(),
      timeoutMs: z.int().optional(),
      labels: z.record(z.string(), z.string()).optional(),
      traceparent: z.string().optional(),
      /** What the tasks of `after` came to, in their order. */
      dependencies: z
        .array(
          z.object({
            uid: z.string(),
            name: JobRef.or(z.string()),
            state: z.string(),
            result: Json.optional(),
            resultPath: z.string().optional(),
          }),
        )
        .optional(),
    }),
  ),
});

/** One for each entry of `done`, after its commit. */
export const Acks = z.object({
  type: z.literal('acks'),
  acks: z.array(
    z.object({
      ...Lease,
      /** `stale`: another attempt, or none, is current; what was reported changed nothing. */
      outcome: z.enum(['recorded', 'stale', 'refused']),
      message: z.string().optional(),
    }),
  ),
});

export const Stop = z.object({
  type: z.literal('stop'),
  tasks: z.array(z.object({ ...Lease, reason: z.string(), graceMs: z.int() })),
});

/** This server stops: connect again (to another replica), and go on with the same session. */
export const Moving = z.object({ type: z.literal('moving') });

/** The connection is closed after it. */
export const Failure = z.object({
  type: z.literal('error'),
  code: z.string(),
  message: z.string(),
});

export const ToWorker = z.discriminatedUnion('type', [Welcome, Tasks, Acks, Stop, Moving, Failure]);

export type FromWorker = z.output<typeof FromWorker>;
export type ToWorker = z.output<typeof ToWorker>;
