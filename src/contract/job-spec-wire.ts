/** The way back: a stored spec as it is written in a job file. Parsing the result gives the same spec. */
import type { EnvValue, JobSpec, Role, TaskSpec, Volume } from '../core/job/spec.ts';
import { formatAmount } from '../core/kube/quantity.ts';
import { formatDuration, formatQuantities, formatTime } from './scalars.ts';

type Wire = Record<string, unknown>;

/** @param spec of a schedule's job, it may name no queue */
export function specToWire(spec: Omit<JobSpec, 'queue'> & { readonly queue?: string | undefined }): Wire {
  return defined({
    type: spec.type,
    queue: spec.queue,
    priority: spec.priority,
    task: spec.task && taskToWire(spec.task),
    roles: some(spec.roles.map(roleToWire)),
    topology: spec.topology.level === 'none' && !spec.topology.required ? undefined : spec.topology,
    timeout: duration(spec.timeoutMs),
    deadline: duration(spec.deadlineMs),
    startDeadline: duration(spec.startDeadlineMs),
    startAfter: spec.startAfter === undefined ? undefined : formatTime(spec.startAfter),
    ttlAfterFinished: duration(spec.ttlAfterFinishedMs),
    expectedDuration: duration(spec.expectedDurationMs),
    retry: retryToWire(spec.retry),
    checkpoint: spec.task
      ? undefined
      : defined({
          grace: formatDuration(spec.checkpoint.graceMs),
          every: duration(spec.checkpoint.everyMs),
          path: spec.checkpoint.path,
        }),
    outputs: some(spec.outputs),
    onLost: spec.task
      ? undefined
      : spec.replaceAfterMs === null
        ? 'wait'
        : { replaceAfter: formatDuration(spec.replaceAfterMs) },
  });
}

/** A payload that lies with the blobs is left out: it is read by itself. */
function taskToWire(task: TaskSpec): Wire {
  const { rate, unique } = task;
  return defined({
    handler: task.handler,
    payload: task.payload === undefined ? undefined : JSON.parse(task.payload),
    fairKey: task.fairKey,
    concurrency: task.concurrency,
    rate: rate && { key: rate.key, limit: rate.limit, per: formatDuration(rate.perMs) },
    unique: unique && defined({ key: unique.key, window: duration(unique.windowMs) }),
    after: some(task.after),
    onDependencyFailure: task.onDependencyFailure,
    cancelGrace: formatDuration(task.cancelGraceMs),
  });
}

function retryToWire({ limit, backoff, rules }: JobSpec['retry']): Wire {
  return defined({
    limit,
    backoff: {
      initial: formatDuration(backoff.initialMs),
      factor: backoff.factor,
      max: formatDuration(backoff.maxMs),
    },
    rules: some(rules),
  });
}

function roleToWire(role: Role): Wire {
  const { min, max } = role.members;
  return defined({
    name: role.name,
    members: min === max ? min : { min, max },
    image: role.image,
    command: role.command,
    args: some(role.args),
    workingDir: role.workingDir,
    env: filled<EnvValue>(role.env),
    resources: filled(formatQuantities(role.resources)),
    volumes: some(role.volumes.map(volumeToWire)),
    nodeSelector: filled(role.nodeSelector),
    tolerations: some(role.tolerations),
    serviceAccount: role.serviceAccount,
    podTemplate: role.podTemplate,
  });
}

function volumeToWire(volume: Volume): Wire {
  return 'size' in volume ? { mount: volume.mount, size: formatAmount('size', volume.size) } : { ...volume };
}

function duration(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatDuration(ms);
}

function defined(fields: Wire): Wire {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function filled<V>(map: Readonly<Record<string, V>>): Readonly<Record<string, V>> | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}
