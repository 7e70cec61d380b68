/** Redrives dead letters by what they have in common, oldest submissions last, some at a time. */
import { RedriveAnswer, RedriveJobs } from '../../contract/job-batch.ts';
import { may } from '../../core/access/principal.ts';
import type { Job } from '../../core/job/job.ts';
import { redrive } from '../../core/job/redrive.ts';
import { defineOperation } from '../define.ts';
import { placeOf } from './queue-scope.ts';

const PAGE = 500;

export const redriveJobs = defineOperation({
  name: 'job.redrive-many',
  summary: 'Give failed jobs another chance, by filter',
  input: RedriveJobs,
  output: RedriveAnswer,
  permission: 'job:write',
  target: ({ project, queue }) => ({ project, queue }),
  effect: 'write',
  audit: 'change',
  http: { method: 'POST', path: '/api/v1/jobs:redrive' },
  async handler({ input, principal, ports, now }) {
    const { project, queue, handler, selector, newerThan, olderThan, limit, dryRun, reason } = input;
    const filter = {
      project,
      queue,
      handler,
      states: ['failed' as const],
      labels: selector,
      createdAfter: newerThan === undefined ? undefined : now - newerThan,
      createdBefore: olderThan === undefined ? undefined : now - olderThan,
    };
    const found: Job[] = [];
    let cursor: string | undefined;
    do {
      const page = await ports.jobs.list(filter, { cursor, limit: Math.min(PAGE, limit - found.length) });
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined && found.length < limit);
    const own = found.filter((job) =>
      may(principal, { name: 'job.redrive', permission: 'job:write' }, placeOf(job)),
    );
    if (dryRun) return { matched: own.length, redriven: 0, more: cursor !== undefined };
    const redriven = await Promise.all(
      own.map(async (job) => {
        const decision = redrive(job, { by: principal.id, reason, now });
        return decision.kind === 'transition' && (await ports.jobs.apply(decision.transition)) !== undefined;
      }),
    );
    return { matched: own.length, redriven: redriven.filter(Boolean).length, more: cursor !== undefined };
  },
});
