/**
 * The job as its owner wrote it, with every default filled in. Wire schemas (`contract/job-spec.ts`)
 * produce exactly this shape; nothing else in the core knows how a job was written.
 *
 * Units: durations are milliseconds, cpu is millicores, memory and sizes are bytes,
 * every other resource counts whole units.
 */

export type JobType = 'training' | 'inference' | 'evaluation' | 'simulation' | 'batch';

/** Amounts by resource name: `cpu` in millicores, `memory` in bytes, anything else in units. Integers. */
export type Resources = Readonly<Record<string, number>>;

/** A plain value, or a reference to a secret that is resolved where the member runs. */
export type EnvValue = string | { readonly secret: { readonly name: string; readonly key: string } };

export type Volume =
  | { readonly mount: string; readonly claim: string; readonly readOnly: boolean }
  | { readonly mount: string; readonly size: number };

export interface Toleration {
  readonly key?: string | undefined;
  readonly operator?: 'Exists' | 'Equal' | undefined;
  readonly value?: string | undefined;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute' | undefined;
}

/** A role: members alike (driver, worker). */
export interface Role {
  readonly name: string;
  /** `min = max` for a gang of fixed size; otherwise elastic. */
  readonly members: { readonly min: number; readonly max: number };
  readonly image?: string | undefined;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir?: string | undefined;
  readonly env: Readonly<Record<string, EnvValue>>;
  /** Of each member. */
  readonly resources: Resources;
  readonly volumes: readonly Volume[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly serviceAccount?: string | undefined;
  /** Strategic-merge overlay for pods; opaque here. */
  readonly podTemplate?: Readonly<Record<string, unknown>> | undefined;
}

export type RetryAction = 'retry' | 'fail' | 'ignore';

/** First match decides. A rule matches when each condition that it states holds. */
export interface RetryRule {
  readonly exitCodes?: readonly number[] | undefined;
  readonly signals?: readonly string[] | undefined;
  readonly reasons?: readonly string[] | undefined;
  readonly action: RetryAction;
}

export interface RetryPolicy {
  /** Failed attempts that are followed by another; preemption and loss are not counted. */
  readonly limit: number;
  readonly backoff: { readonly initialMs: number; readonly factor: number; readonly maxMs: number };
  readonly rules: readonly RetryRule[];
}

export interface Topology {
  readonly level: 'none' | 'node' | 'rack' | 'zone';
  readonly required: boolean;
}

export interface Checkpoint {
  readonly graceMs: number;
  readonly everyMs?: number | undefined;
  readonly path?: string | undefined;
}

export interface Output {
  readonly name: string;
  /** Absolute, as in a container; the process runner maps it to `CAPSTAN_OUTPUT_<NAME>`. */
  readonly path: string;
}

/** Work for a warm worker, in the place of roles. */
export interface TaskSpec {
  readonly handler: string;
  /** JSON; absent when it is large and lies with the blobs. */
  readonly payload?: string | undefined;
  /** Bytes of JSON, of a payload that lies with the blobs. */
  readonly payloadBytes?: number | undefined;
  /** Whose task it is: a queue serves its keys in turn. */
  readonly fairKey?: string | undefined;
  readonly concurrency?: { readonly key: string; readonly limit: number } | undefined;
  readonly rate?: { readonly key: string; readonly limit: number; readonly perMs: number } | undefined;
  readonly unique?: { readonly key: string; readonly windowMs?: number | undefined } | undefined;
  /** Tasks of the project that end before this one starts: names or uids as written, uids once stored. */
  readonly after: readonly string[];
  readonly onDependencyFailure: 'fail' | 'run';
  readonly cancelGraceMs: number;
}

export interface JobSpec {
  readonly type: JobType;
  readonly queue: string;
  /** 0–100. */
  readonly priority: number;
  /** Empty for a task. */
  readonly roles: readonly Role[];
  readonly task?: TaskSpec | undefined;
  readonly topology: Topology;
  /** Of one attempt. */
  readonly timeoutMs?: number | undefined;
  /** Of the job, from its submission; past it the job fails whatever it is doing. */
  readonly deadlineMs?: number | undefined;
  /** From submission to the first start. */
  readonly startDeadlineMs?: number | undefined;
  /** Epoch milliseconds before which the job is not considered. */
  readonly startAfter?: number | undefined;
  /** After the end the job's record, logs and outputs are removed. */
  readonly ttlAfterFinishedMs?: number | undefined;
  readonly expectedDurationMs?: number | undefined;
  readonly retry: RetryPolicy;
  readonly checkpoint: Checkpoint;
  readonly outputs: readonly Output[];
  /** `null`: wait for a lost agent for as long as it takes. */
  readonly replaceAfterMs: number | null;
  /** W3C trace context of the submission; not its owner's to write, and no part of what makes specs equal. */
  readonly traceparent?: string | undefined;
}

/** What the whole gang requests at its smallest. */
export function gangRequests(spec: JobSpec): Resources {
  const total: Record<string, number> = {};
  for (const role of spec.roles) {
    for (const [name, amount] of Object.entries(role.resources)) {
      total[name] = (total[name] ?? 0) + amount * role.members.min;
    }
  }
  return total;
}
