/**
 * A key of some queues changes only their jobs. The gate can't see it when it knows the project
 * alone, so whoever changes a job asks again once its queue is known.
 */
import { may, type Principal, type Target } from '../../core/access/principal.ts';
import { Refused } from '../../core/errors/refused.ts';

/** Throws Refused `auth.forbidden`. */
export function checkQueue(
  principal: Principal,
  operation: `${'job' | 'schedule'}.${string}`,
  target: Required<Omit<Target, 'handler'>>,
): void {
  const permission = 'job:write';
  if (may(principal, { name: operation, permission }, target)) return;
  throw new Refused('auth.forbidden', { principal: principal.id, operation, permission });
}

/** Where a job is. */
export function placeOf(job: { readonly project: string; readonly spec: { readonly queue: string } }) {
  return { project: job.project, queue: job.spec.queue };
}
