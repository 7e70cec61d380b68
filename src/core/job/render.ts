/** The attempt of a job, rendered for an agent: roles become members with ranks, the rest is carried over. */
import type { AttemptSpec, MemberSpec } from './attempt.ts';
import type { AttemptRecord, Job } from './job.ts';
import type { Role } from './spec.ts';

export function renderAttempt(job: Job, attempt: number): AttemptSpec {
  const { spec } = job;
  return {
    ref: { job: job.uid, attempt },
    project: job.project,
    jobName: job.name,
    type: spec.type,
    members: membersOf(
      spec.roles,
      job.attempts.find(({ number }) => number === attempt),
    ),
    timeoutMs: spec.timeoutMs,
    graceMs: spec.checkpoint.graceMs,
    checkpointPath: spec.checkpoint.path,
    outputs: spec.outputs,
    traceparent: spec.traceparent,
  };
}

/** An elastic gang has what it was admitted with; each member is where the plan has put it. */
function membersOf(roles: readonly Role[], admitted: AttemptRecord | undefined): MemberSpec[] {
  const all = roles.flatMap((role, at) => {
    const nodes = (admitted?.placed ?? [])
      .filter(({ group }) => group === at)
      .flatMap(({ node, count }) => Array<string>(count).fill(node));
    const size = admitted?.size?.[at] ?? role.members.min;
    return Array.from({ length: size }, (_, index) => ({ role, index, node: nodes[index] }));
  });
  return all.map(({ role, index, node }, rank) => ({
    role: role.name,
    index,
    rank,
    ...(node === undefined ? {} : { node }),
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
