/**
 * The `spec` of an AIJob on the wire: the one definition from which the REST body, the job file,
 * the OpenAPI schema and (later) the CRD come. It parses to `core/job/spec.ts`, every default filled in.
 */
import { z } from 'zod';
import type { JobSpec, Role, TaskSpec } from '../core/job/spec.ts';
import {
  assumed,
  Duration,
  LabelKey,
  LabelValue,
  Name,
  PositiveDuration,
  Quantities,
  Size,
  Timestamp,
} from './scalars.ts';
import { SIMULATED_ENV } from './simulated-env.ts';
import { TaskInput } from './task.ts';

const Text = textOr('a string');

function textOr(expected: string) {
  return z
    .string(expected)
    .max(32_768)
    .refine((text) => !text.includes('\0'), 'no NUL characters');
}

const EnvName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'a variable name: letters, digits and "_"');

/** Set by Capstan for every member; a job that sets one would contradict its own gang. */
const RESERVED_ENV = new Set(['RANK', 'WORLD_SIZE', 'LOCAL_RANK', 'MASTER_ADDR', 'MASTER_PORT']);

const Env = z
  .record(
    EnvName,
    z.union([
      textOr('a string, in quotes when it looks like a number'),
      z.strictObject({ secret: z.strictObject({ name: Name, key: z.string().min(1).max(253) }) }),
    ]),
  )
  .superRefine((env, context) => {
    for (const name of Object.keys(env)) {
      if (SIMULATED_ENV.has(name)) continue;
      if (!RESERVED_ENV.has(name) && !name.startsWith('CAPSTAN_')) continue;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'another name: Capstan sets this one for every member',
      });
    }
  });

const AbsolutePath = Text.regex(/^(?![\s\S]*\/\.\.(\/|$))\//, 'an absolute path without ".."');

const Volume = z.union([
  z.strictObject({ mount: AbsolutePath, claim: Name, readOnly: z.boolean().default(false) }),
  z.strictObject({ mount: AbsolutePath, size: Size }),
]);

export const Toleration = z.strictObject({
  key: LabelKey.optional(),
  operator: z.enum(['Exists', 'Equal']).optional(),
  value: LabelValue.optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
});

/** The largest gang: what one plan and one rendezvous are tested for. */
const MOST_MEMBERS = 4096;
const Count = z.int().min(1).max(MOST_MEMBERS);

const Members = z.union([
  Count.transform((count) => ({ min: count, max: count })),
  z
    .strictObject({ min: Count, max: Count })
    .refine(({ min, max }) => min <= max, { path: ['max'], message: 'at least min' }),
]);

const roleFields = {
  members: assumed(Members, 1).describe('How many members of this role; {min, max} makes it elastic'),
  image: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe('Container image; the process runner runs the command as it is'),
  command: z.array(Text.min(1)).max(1024).default([]).describe('Program and its first arguments'),
  args: z.array(Text).max(4096).default([]).describe('Further arguments'),
  workingDir: Text.min(1)
    .optional()
    .describe('Where the command starts; the CLI resolves a relative one against the job file'),
  env: Env.default({}).describe('Variables: a text, or {secret: {name, key}}'),
  resources: assumed(Quantities, {}).describe(
    'Of each member: cpu, memory, nvidia.com/gpu or any named resource',
  ),
  volumes: z.array(Volume).max(64).default([]).describe('Claims, or scratch space by size'),
  nodeSelector: z.record(LabelKey, LabelValue).default({}).describe('Labels that the node must have'),
  tolerations: z.array(Toleration).max(64).default([]).describe('Taints that the members accept'),
  serviceAccount: Name.optional().describe('Kubernetes service account of the pods'),
  podTemplate: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Strategic-merge overlay for what has no field here'),
};

const RoleInput = z.strictObject({ name: Name, ...roleFields });

const ExitCode = z.int().min(0).max(255);

const RetryRule = z
  .strictObject({
    exitCodes: z
      .array(ExitCode)
      .min(1)
      .optional()
      .describe('Matches when the failed member ended with one of these'),
    signals: z
      .array(z.string().regex(/^SIG[A-Z0-9]+$/, 'a signal such as SIGKILL'))
      .min(1)
      .optional(),
    reasons: z.array(z.string().min(1).max(64)).min(1).optional().describe('OutOfMemory, Timeout, …'),
    action: z.enum(['retry', 'fail', 'ignore']).describe('ignore: try again without counting it'),
  })
  .refine(
    (rule) => rule.exitCodes || rule.signals || rule.reasons,
    'at least one of exitCodes, signals, reasons',
  );

const Backoff = z.strictObject({
  initial: assumed(Duration, '5s'),
  factor: z.number().min(1).max(10).default(2),
  max: assumed(Duration, '5m'),
});

const Retry = z.strictObject({
  limit: z.int().min(0).max(1000).default(3).describe('Failed attempts that are followed by another'),
  backoff: assumed(Backoff, {}).describe('Delay before the next attempt: initial × factor^n, at most max'),
  rules: z.array(RetryRule).max(64).default([]).describe('The first that matches decides'),
});

const OnLost = z.union([z.literal('wait'), z.strictObject({ replaceAfter: Duration })]);

const Topology = z.strictObject({
  level: z.enum(['none', 'node', 'rack', 'zone']).default('none'),
  required: z.boolean().default(false),
});

const Checkpoint = z.strictObject({
  grace: assumed(Duration, '30s').describe('From SIGTERM to SIGKILL'),
  every: PositiveDuration.optional(),
  path: AbsolutePath.optional().describe('A directory that all attempts of the job share'),
});

/** Fields of the job itself; those of its one role may stand beside them. */
const jobFields = {
  type: z
    .enum(['training', 'inference', 'evaluation', 'simulation', 'batch'])
    .default('batch')
    .describe('What kind of work it is'),
  queue: Name.optional().describe("Default: the project's own"),
  priority: z.int().min(0).max(100).default(50).describe('No higher than the queue grant allows'),
  topology: assumed(Topology, {}).describe('How close the members must be'),
  timeout: PositiveDuration.optional().describe('Of one attempt'),
  deadline: PositiveDuration.optional().describe('Of the job, from its submission'),
  startDeadline: PositiveDuration.optional().describe('Fail when it has not started by then'),
  startAfter: Timestamp.optional().describe('Do not start before this time'),
  ttlAfterFinished: Duration.optional().describe('Remove record, logs and outputs this long after the end'),
  expectedDuration: PositiveDuration.optional().describe('How long an attempt usually takes'),
  retry: assumed(Retry, {}).describe('What follows a failed attempt'),
  checkpoint: assumed(Checkpoint, {}).describe('How it saves its work when it is stopped'),
  outputs: z
    .array(z.strictObject({ path: AbsolutePath, name: Name }))
    .max(64)
    .default([])
    .describe('Files to keep after a success'),
  onLost: OnLost.default('wait').describe('What to do when its agent is not heard'),
};

const Roles = z
  .array(RoleInput)
  .min(1)
  .max(16)
  .optional()
  .describe('Roles of the gang, in the order of their ranks');

export const JobSpecInput = z
  .strictObject({ ...jobFields, task: TaskInput.optional(), roles: Roles, ...optionalRoleFields() })
  .superRefine(checkRoles)
  .transform(toSpec)
  .meta({ id: 'JobSpec', description: 'What to run: the spec of an AIJob' });

/** As above, but absent until given: a default would hide which of the two forms was written. */
function optionalRoleFields() {
  return {
    members: Members.optional(),
    image: roleFields.image,
    command: roleFields.command.removeDefault().optional(),
    args: roleFields.args.removeDefault().optional(),
    workingDir: roleFields.workingDir,
    env: Env.optional(),
    resources: Quantities.optional(),
    volumes: roleFields.volumes.removeDefault().optional(),
    nodeSelector: roleFields.nodeSelector.removeDefault().optional(),
    tolerations: roleFields.tolerations.removeDefault().optional(),
    serviceAccount: roleFields.serviceAccount,
    podTemplate: roleFields.podTemplate,
  };
}

interface Parsed {
  readonly roles?:
    | readonly { name: string; command: string[]; args: string[]; image?: string | undefined }[]
    | undefined;
  readonly outputs: readonly { name: string }[];
}

function checkRoles(spec: Parsed & Record<string, unknown>, context: z.RefinementCtx): void {
  if (spec.task) {
    checkTask(spec, context);
    return;
  }
  const inline = Object.keys(roleFields).filter((field) => spec[field] !== undefined);
  if (!spec.roles) {
    checkRunnable({ command: spec.command }, [], context);
    checkUnique(spec.outputs, 'outputs', context);
    return;
  }
  for (const field of inline) {
    context.addIssue({
      code: 'custom',
      path: [field],
      message: 'either roles, or the fields of the one role beside type; not both',
    });
  }
  spec.roles.forEach((role, index) => {
    checkRunnable(role, ['roles', index], context);
  });
  checkUnique(spec.roles, 'roles', context);
  checkUnique(spec.outputs, 'outputs', context);
}

/** A worker has its own command, machine and files. */
function checkTask(spec: Parsed & Record<string, unknown>, context: z.RefinementCtx): void {
  const foreign = ['roles', ...Object.keys(roleFields)].filter((field) => spec[field] !== undefined);
  if (spec.outputs.length > 0) foreign.push('outputs');
  for (const field of foreign) {
    const message = 'either task, or what a container runs; a task returns its result and takes its payload';
    context.addIssue({ code: 'custom', path: [field], message });
  }
}

function checkRunnable(
  role: { readonly command?: unknown },
  path: (string | number)[],
  context: z.RefinementCtx,
): void {
  const words = Array.isArray(role.command) ? role.command.length : 0;
  if (words > 0) return;
  const expected = 'the program to run, such as [node, train.mjs]';
  context.addIssue({ code: 'custom', path: [...path, 'command'], message: expected });
}

function checkUnique(named: readonly { name: string }[], field: string, context: z.RefinementCtx): void {
  named.forEach(({ name }, index) => {
    if (named.findIndex((other) => other.name === name) === index) return;
    context.addIssue({
      code: 'custom',
      path: [field, index, 'name'],
      message: 'a name that no other of them has',
    });
  });
}

type Written = z.output<z.ZodObject<typeof jobFields>> & {
  task?: z.output<typeof TaskInput> | undefined;
  roles?: z.output<typeof RoleInput>[] | undefined;
} & Record<string, unknown>;

/** The queue is filled in by the operation, which knows the project. */
export type ParsedJobSpec = Omit<JobSpec, 'queue'> & { readonly queue?: string | undefined };

function toSpec(written: Written): ParsedJobSpec {
  const { retry, checkpoint, onLost } = written;
  const roles = written.task ? [] : (written.roles ?? [inlineRole(written)]);
  return {
    type: written.type,
    queue: written.queue,
    priority: written.priority,
    roles: roles as Role[],
    ...(written.task ? { task: toTask(written.task) } : {}),
    topology: written.topology,
    timeoutMs: written.timeout,
    deadlineMs: written.deadline,
    startDeadlineMs: written.startDeadline,
    startAfter: written.startAfter,
    ttlAfterFinishedMs: written.ttlAfterFinished,
    expectedDurationMs: written.expectedDuration,
    retry: {
      limit: retry.limit,
      backoff: { initialMs: retry.backoff.initial, factor: retry.backoff.factor, maxMs: retry.backoff.max },
      rules: retry.rules,
    },
    checkpoint: { graceMs: checkpoint.grace, everyMs: checkpoint.every, path: checkpoint.path },
    outputs: written.outputs,
    replaceAfterMs: onLost === 'wait' ? null : onLost.replaceAfter,
  };
}

function toTask(written: z.output<typeof TaskInput>): TaskSpec {
  const { handler, payload, fairKey, concurrency, rate, unique, after = [], onDependencyFailure } = written;
  return {
    handler,
    payload: JSON.stringify(payload),
    fairKey,
    concurrency,
    rate: rate && { key: rate.key, limit: rate.limit, perMs: rate.per },
    unique: unique && { key: unique.key, windowMs: unique.window },
    after,
    onDependencyFailure,
    cancelGraceMs: written.cancelGrace,
  };
}

function inlineRole(written: Record<string, unknown>): Role {
  const given = Object.fromEntries(Object.keys(roleFields).map((field) => [field, written[field]]));
  const defaults = {
    members: { min: 1, max: 1 },
    command: [],
    args: [],
    env: {},
    resources: {},
    volumes: [],
    nodeSelector: {},
    tolerations: [],
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { name: 'worker', ...defaults, ...set } as unknown as Role;
}

export type JobSpecWire = z.input<typeof JobSpecInput>;
