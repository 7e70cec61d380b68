/** Queue grants in lists; one is named `PROJECT:QUEUE`. */
import type { QueueGrantView } from '../../../contract/queue.ts';
import { UsageError } from '../../errors.ts';
import { age } from '../../output/span.ts';
import type { Client } from '../client.ts';
import { readPages } from '../pages.ts';
import type { Kind } from './kind.ts';

export const queueGrantKind: Kind<QueueGrantView> = {
  name: 'queuegrant',
  plural: 'queuegrants',
  aliases: ['grant', 'grants', 'qg'],
  projected: false,
  narrowings: [],
  columns: [
    { head: 'NAME', cell: (grant) => grant.metadata.name },
    { head: 'PROJECT', cell: (grant) => grant.spec.project },
    { head: 'QUEUE', cell: (grant) => grant.spec.queue },
    { head: 'MAX PRIORITY', cell: (grant) => String(grant.spec.maxPriority) },
    { head: 'AGE', cell: (grant, { now }) => age(grant.metadata.creationTimestamp, now) },
  ],
  nameOf: (grant) => grant.metadata.name,
  list: (client, { limit }) => readPages((page) => client.call('grant.list', page), limit),
  get: findGrant,
  remove: (client, name) => client.call('grant.delete', addressOf(name)),
};

/** Throws UsageError when there is none: the API has no way to ask for one. */
async function findGrant(client: Client, name: string): Promise<QueueGrantView> {
  const { project, queue } = addressOf(name);
  const { items } = await queueGrantKind.list(client, {
    project: undefined,
    limit: Number.POSITIVE_INFINITY,
  });
  const found = items.find(({ spec }) => spec.project === project && spec.queue === queue);
  if (found) return found;
  throw new UsageError(`there is no queuegrant ${name}`, '`capstan get queuegrants` lists them.');
}

function addressOf(name: string): { project: string; queue: string } {
  const [project, queue, ...rest] = name.split(':');
  if (project && queue && rest.length === 0) return { project, queue };
  throw new UsageError(`${name} names no queue grant`, 'Write it as PROJECT:QUEUE.');
}
