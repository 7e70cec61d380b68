/** What is accepted but will not do what its owner may think. */
import type { JobSpec } from '../../core/job/spec.ts';

export function warningsFor(spec: JobSpec): string[] {
  const warnings: string[] = [];
  const { timeoutMs, deadlineMs, expectedDurationMs, roles } = spec;
  if (timeoutMs !== undefined && deadlineMs !== undefined && deadlineMs < timeoutMs) {
    warnings.push('the deadline of the job ends before the timeout of one attempt: the deadline decides');
  }
  if (timeoutMs !== undefined && expectedDurationMs !== undefined && timeoutMs < expectedDurationMs) {
    warnings.push('the timeout is shorter than the expected duration');
  }
  for (const role of roles) {
    const { min, max } = role.members;
    if (max > min)
      warnings.push(
        `role ${role.name} is elastic; an attempt starts with ${min} to ${max} members, as there is room, and keeps them`,
      );
    if (Object.keys(role.resources).length > 0) continue;
    warnings.push(`role ${role.name} requests no resources: it is not counted against quota or capacity`);
  }
  return warnings;
}
