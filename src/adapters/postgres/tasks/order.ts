/** The order of tasks within a queue: rank (see core/scheduling/rank.ts), which for two that both wait never changes. */
import type { Job } from '../../../core/job/job.ts';
import { AGE_PER_PRIORITY } from '../../../core/scheduling/rank.ts';

/** Smaller is sooner. Age counts from the submission, so no retry loses its place. */
export function orderKey({ createdAt, spec }: Pick<Job, 'createdAt' | 'spec'>): number {
  return Math.ceil(createdAt) - spec.priority * AGE_PER_PRIORITY;
}
