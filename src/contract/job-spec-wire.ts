/** The way back: a stored spec as it is written in a job file. Parsing the result gives the same spec. */
import type { EnvValue, JobSpec, Role, Volume } from '../core/job/spec.ts';
import { formatAmount } from '../core/kube/quantity.ts';
import { formatDuration, formatQuantities, formatTime } from './scalars.ts';

type Wire = Record<string, unknown>;

export function specToWire(spec: JobSpec): Wire {
  return defined({
    type: spec.type,
    queue: spec.queue,
    priority: spec.priority,
    roles: spec.roles.map(roleToWire),
    topology: spec.topology.level === 'none' && !spec.topology.required ? undefined : spec.topology,
    timeout: duration(spec.timeoutMs),
    deadline: duration(spec.deadlineMs),
    startDeadline: duration(spec.startDeadlineMs),
    startAfter: spec.startAfter === undefined ? undefined : formatTime(spec.startAfter),
    ttlAfterFinished: duration(spec.ttlAfterFinishedMs),
    expectedDuration: duration(spec.expectedDurationMs),
    retry: retryToWire(spec.retry),
    checkpoint: defined({
      grace: formatDuration(spec.checkpoint.graceMs),
      every: duration(spec.checkpoint.everyMs),
      path: spec.checkpoint.path,
    }),
    outputs: some(spec.outputs),
    onLost: spec.replaceAfterMs === null ? 'wait' : { replaceAfter: formatDuration(spec.replaceAfterMs) },
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
