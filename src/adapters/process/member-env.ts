/**
 * The environment of a member: everything in it is put there on purpose, nothing comes from the
 * environment of Capstan. What tells a member its place in the gang cannot be overridden.
 */
import type { AttemptRef, MemberSpec } from '../../core/job/attempt.ts';
import type { Launch } from './launch.ts';
import { type AttemptLayout, outputFile, outputVariable } from './layout.ts';

/** By this variable processes that left their session and their parent are found again. */
export const MARK_VARIABLE = 'CAPSTAN_PROCESS_MARK';

const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

export function markOf(ref: AttemptRef): string {
  return `${ref.job}.${ref.attempt}`;
}

/** Defaults, then what the job says, then what it cannot say. */
export function memberEnvironment(
  launch: Launch,
  layout: AttemptLayout,
  member: MemberSpec,
): Record<string, string> {
  const defaults = {
    PATH: [...SYSTEM_PATH, ...launch.pathDirs].join(':'),
    HOME: layout.work,
    TMPDIR: layout.tmp,
    LANG: 'C.UTF-8',
  };
  return { ...defaults, ...member.env, ...reservedEnvironment(launch, layout, member) };
}

/** Variables of the member's own environment that have no effect, because the runner sets them. */
export function overriddenVariables(launch: Launch, layout: AttemptLayout, member: MemberSpec): string[] {
  const reserved = reservedEnvironment(launch, layout, member);
  return Object.keys(member.env).filter((name) => Object.hasOwn(reserved, name));
}

function reservedEnvironment(
  launch: Launch,
  layout: AttemptLayout,
  member: MemberSpec,
): Record<string, string> {
  const { spec } = launch;
  const outputs = spec.outputs.map((output) => [outputVariable(output.name), outputFile(layout, output)]);
  return {
    ...Object.fromEntries(outputs),
    RANK: String(member.rank),
    // All members of a gang run on this one machine.
    LOCAL_RANK: String(member.rank),
    WORLD_SIZE: String(spec.members.length),
    MASTER_ADDR: '127.0.0.1',
    MASTER_PORT: String(launch.masterPort),
    CAPSTAN_JOB: spec.ref.job,
    CAPSTAN_JOB_NAME: spec.jobName,
    CAPSTAN_PROJECT: spec.project,
    CAPSTAN_ATTEMPT: String(spec.ref.attempt),
    CAPSTAN_ROLE: member.role,
    CAPSTAN_ROLE_INDEX: String(member.index),
    CAPSTAN_CHECKPOINT_PATH: layout.checkpoint,
    [MARK_VARIABLE]: markOf(spec.ref),
    ...(spec.traceparent === undefined ? {} : { TRACEPARENT: spec.traceparent }),
  };
}
