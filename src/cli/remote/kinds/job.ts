/** Jobs in lists. */
import type { JobView } from '../../../contract/job.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age, between } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { membersOf, resourcesText, rolesOf } from '../job-facts.ts';
import { readPages } from '../pages.ts';
import type { Filter, Kind } from './kind.ts';

export const jobKind: Kind<JobView> = {
  name: 'job',
  plural: 'jobs',
  aliases: ['j', 'aijob', 'aijobs'],
  projected: true,
  narrowings: ['selector', 'state', 'queue', 'type', 'newerThan', 'olderThan'],
  columns: [
    { head: 'PROJECT', cell: (job) => job.metadata.namespace, only: 'project' },
    { head: 'NAME', cell: (job) => job.metadata.name, room: 16 },
    { head: 'TYPE', cell: (job) => String(job.spec.type), room: 10 },
    { head: 'QUEUE', cell: (job) => String(job.spec.queue), room: 8 },
    { head: 'PRIORITY', cell: (job) => String(job.spec.priority) },
    { head: 'STATE', cell: (job, { paint }) => paint.state(job.status.state), room: 11 },
    { head: 'REASON', cell: (job) => oneLine(job.status.reason), room: 16 },
    { head: 'ATTEMPTS', cell: (job) => String(job.status.attempt) },
    { head: 'AGE', cell: (job, { now }) => age(job.metadata.creationTimestamp, now) },
    { head: 'RAN', cell: (job, { now }) => ran(job, now), only: 'wide' },
    { head: 'MEMBERS', cell: (job) => String(membersOf(job)), only: 'wide' },
    { head: 'RESOURCES', cell: (job) => requested(job), only: 'wide' },
    { head: 'BY', cell: (job) => oneLine(job.status.submittedBy), only: 'wide' },
    { head: 'UID', cell: (job) => job.metadata.uid, only: 'wide' },
    { head: 'MESSAGE', cell: (job) => oneLine(job.status.message), only: 'wide' },
  ],
  nameOf: (job) => job.metadata.name,
  list: listJobs,
  get: (client, job, project) => client.call('job.get', { project, job }),
  remove: (client, job, project) => client.call('job.delete', { project, job }),
};

export function listJobs(client: Client, { limit, ...filter }: Filter) {
  return readPages((page) => client.call('job.list', { ...filter, ...page }), limit);
}

/** Of the latest attempt. */
function ran(job: JobView, now: number): string {
  const attempt = job.status.attempts.at(-1);
  return between(attempt?.startedAt, attempt?.endedAt, now);
}

/** Of one member of each role. */
function requested(job: JobView): string {
  const texts = rolesOf(job).map((role) => resourcesText(role.resources));
  return [...new Set(texts)].join('; ');
}
