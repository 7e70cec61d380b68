/** A job that is not stored, as the scheduler would see it. */
import type { Job } from '../../core/job/job.ts';
import type { PendingJob } from '../../core/scheduling/snapshot.ts';

export function scheduledOf({ uid, name, project, spec, createdAt }: Job): PendingJob {
  return {
    uid,
    name,
    project,
    queue: spec.queue,
    priority: spec.priority,
    createdAt,
    startAfter: spec.startAfter,
    topology: spec.topology,
    expectedMs: spec.expectedDurationMs,
    checkpointEveryMs: spec.checkpoint.everyMs,
    graceMs: spec.checkpoint.graceMs,
    groups: spec.roles.map(({ members, resources, nodeSelector, tolerations }) => ({
      count: members.min,
      max: members.max,
      requests: resources,
      nodeSelector,
      tolerations,
    })),
    reason: 'Submitted',
    message: '',
    version: 1,
  };
}
