/** The attempt of a job, rendered for an agent: roles become members with ranks, the rest is carried over. */
import type { AttemptSpec, MemberSpec } from './attempt.ts';
import type { Job } from './job.ts';
import type { Role } from './spec.ts';

export function renderAttempt(job: Job, attempt: number): AttemptSpec {
  const { spec } = job;
  return {
    ref: { job: job.uid, attempt },
    project: job.project,
    jobName: job.name,
    type: spec.type,
    members: membersOf(spec.roles, job.attempts.find(({ number }) => number === attempt)?.size),
    timeoutMs: spec.timeoutMs,
    graceMs: spec.checkpoint.graceMs,
    checkpointPath: spec.checkpoint.path,
    outputs: spec.outputs,
    traceparent: spec.traceparent,
  };
}

/** @param size of each role: an elastic gang has what it was admitted with */
function membersOf(roles: readonly Role[], size: readonly number[] | undefined): MemberSpec[] {
  const all = roles.flatMap((role, at) =>
    Array.from({ length: size?.[at] ?? role.members.min }, (_, index) => ({ role, index })),
  );
  return all.map(({ role, index }, rank) => ({
    role: role.name,
    index,
    rank,
    image: role.image,
    argv: [...role.command, ...role.args],
    workingDir: role.workingDir,
    env: plainValues(role),
    resources: role.resources,
    volumes: role.volumes,
  }));
}

/** Secret references are resolved where the member runs; what only carries text gets the plain values. */
function plainValues(role: Role): Record<string, string> {
  const plain = Object.entries(role.env).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(plain);
}
