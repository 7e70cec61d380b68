/**
 * What a job can ask for that a process on this machine cannot have. The server refuses the first
 * kind earlier; the second is told in the job's events.
 */
import type { AttemptSpec } from '../../../core/job/attempt.ts';
import { type Failure, failureOf } from './verdict.ts';

/** The first thing that the job cannot do without. */
export function unsupportedField(spec: AttemptSpec): Failure | undefined {
  for (const member of spec.members) {
    for (const volume of member.volumes) {
      if (!('claim' in volume)) continue;
      const message = `volumes: the process runner cannot mount the claim ${volume.claim} at ${volume.mount}`;
      return failureOf(member, { reason: 'Unsupported', message });
    }
  }
  return undefined;
}

/** What is passed over, one sentence for each thing. */
export function unusedFields(spec: AttemptSpec): string[] {
  const notes = spec.members.flatMap((member) => [
    ...(member.image === undefined
      ? []
      : [`the process runner runs the command as it is; image ${member.image} is not used`]),
    ...member.volumes.flatMap((volume) =>
      'size' in volume ? [`the process runner does not mount a volume of its own at ${volume.mount}`] : [],
    ),
  ]);
  return [...new Set(notes)];
}
