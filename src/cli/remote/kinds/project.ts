/** Projects in lists. */
import type { ProjectView } from '../../../contract/queue.ts';
import { oneLine } from '../../output/safe-text.ts';
import { age } from '../../output/span.ts';
import { labelsText } from '../job-facts.ts';
import { readPages } from '../pages.ts';
import type { Kind } from './kind.ts';

export const projectKind: Kind<ProjectView> = {
  name: 'project',
  plural: 'projects',
  aliases: ['p'],
  projected: false,
  narrowings: [],
  columns: [
    { head: 'NAME', cell: (project) => project.metadata.name },
    { head: 'DEFAULT QUEUE', cell: (project) => project.spec.defaultQueue ?? '-' },
    { head: 'LIVE JOBS', cell: liveJobs },
    { head: 'AGE', cell: (project, { now }) => age(project.metadata.creationTimestamp, now) },
    { head: 'LABELS', cell: (project) => labelsText(project.metadata.labels), only: 'wide' },
    { head: 'DESCRIPTION', cell: (project) => oneLine(project.spec.description), only: 'wide' },
  ],
  nameOf: (project) => project.metadata.name,
  list: (client, { limit }) => readPages((page) => client.call('project.list', page), limit),
  get: (client, name) => client.call('project.get', { name }),
  remove: (client, name) => client.call('project.delete', { name }),
};

/** `3 running, 1 pending` */
function liveJobs({ status }: ProjectView): string {
  const counted = Object.entries(status.jobs).filter(([, count]) => count > 0);
  return counted.map(([state, count]) => `${count} ${state}`).join(', ') || '0';
}
