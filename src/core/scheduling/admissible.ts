/** Whether a job may be in its queue at all: a queue that is gone, a grant that was lost after the submission. */
import type { Refusal } from './plan.ts';
import type { PendingJob } from './snapshot.ts';

export function admissible(
  job: PendingJob,
  queue: number | undefined,
  maxPriority: number | undefined,
): Refusal | undefined {
  const { project, queue: name, priority } = job;
  if (queue === undefined)
    return { reason: 'QueueMissing', message: `there is no queue ${name}`, alone: true };
  if (maxPriority === undefined)
    return { reason: 'NotGranted', message: `project ${project} may not use queue ${name}`, alone: true };
  if (priority <= maxPriority) return undefined;
  const message = `priority ${priority} is above ${maxPriority}, the highest of project ${project} in queue ${name}`;
  return { reason: 'NotGranted', message, alone: true };
}
